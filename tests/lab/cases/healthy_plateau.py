"""A cache that takes a day to fill."""

from __future__ import annotations

from tests.lab.case import SILENT, Case, Http, Phase, Service

case = Case(
    label=SILENT,
    reason="A bounded cache grows for a day, and then it stays at a third of the heap's limit.",
    services=(
        Service(
            script="memory.js", knobs={"habit": "cache", "entries": 1500, "kb": 60}, node=("--max-old-space-size=512",)
        ),
    ),
    phases=(
        Phase(86400, (Http(path="/take", rate=2.5),)),
        Phase(172800, (Http(path="/take", rate=2.5),)),
    ),
    stretched=14.4,
    light=True,
)
