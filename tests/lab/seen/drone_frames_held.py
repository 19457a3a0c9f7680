"""A survey of more fields holds nearly as much memory as the container may have."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

LOAD = (Http(path="/frame/{r}", rate=30, method="POST", body=5000), Http(path="/survey", rate=6))

case = Case(
    label=Label(
        rules=("memory-pressure",),
        strategies=("stream-paginate", "vertical", "optimise-code", "decompose", "load-balance", "autoscale", "shard"),
        forbidden=("cluster", "worker-threads", "scale-down", "tune-heap", "fix-leak", "read-replica"),
    ),
    reason=(
        "325 frames of 1 MB instead of 40 are held outside the heap, and stay: RSS goes from 100 to 402 MB of the "
        "419 MB that the container may have, while the heap is 9 MB and nothing grows any more."
    ),
    services=(Service(script="drone_survey.js", knobs={"hold": 40}, memory=400 * 1024 * 1024),),
    phases=(
        Phase(300, LOAD),
        Phase(900, LOAD, knobs={"hold": 325}),
    ),
    onset=300,
)
