"""A catalogue in memory has grown nearly as large as the heap may be."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("memory-pressure", "gc-pressure"),
        strategies=("tune-heap", "vertical", "stream-paginate", "optimise-code", "decompose", "shard"),
        forbidden=("worker-threads", "scale-down", "fix-leak", "read-replica", "raise-limit"),
        also=("gc-pressure", "memory-pressure"),
    ),
    reason=(
        "A new catalogue takes about nine tenths of the heap's limit and stays so: a full collection stops "
        "everything for 0.1 to 0.3 seconds every few seconds, and the process is close to its end."
    ),
    services=(Service(script="catalogue.js", node=("--max-old-space-size=128",)),),
    phases=(
        Phase(300, (Http(path="/search", rate=25),)),
        Phase(900, (Http(path="/search", rate=25),), knobs={"entries": 285_000, "scanned": 3000}),
    ),
    onset=300,
)
