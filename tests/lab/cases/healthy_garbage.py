"""Much garbage, quickly collected."""

from __future__ import annotations

from tests.lab.case import SILENT, Case, Http, Phase, Service

case = Case(
    label=SILENT,
    reason="Collections take a few per cent of the time and no pause is felt.",
    services=(Service(script="memory.js", knobs={"habit": "garbage", "kb": 100, "alive": 40}),),
    phases=(Phase(1200, (Http(path="/take", rate=40),)),),
)
