"""Short bursts of load, each with room to spare on average."""

from __future__ import annotations

from tests.lab.case import SILENT, Case, Http, Phase, Service

case = Case(
    label=SILENT,
    reason="Bursts of 40 seconds fill the loop for their own time, with pauses in which it idles.",
    services=(Service(script="express.js", knobs={"cpu_ms": 5}),),
    phases=(Phase(1500, (Http(path="/work", rate=150, burst=(40, 200)), Http(path="/light", rate=5))),),
)
