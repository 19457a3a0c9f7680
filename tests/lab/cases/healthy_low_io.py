"""Low load, and each answer waits for something quick."""

from __future__ import annotations

from tests.lab.case import SILENT, Case, Http, Phase, Service

case = Case(
    label=SILENT,
    reason="Answers take 40 ms because something else takes 40 ms, which is as it should be.",
    services=(Service(script="express.js", knobs={"cpu_ms": 0.5, "wait_ms": 40}),),
    phases=(Phase(1200, (Http(path="/work", rate=10),)),),
    light=True,
)
