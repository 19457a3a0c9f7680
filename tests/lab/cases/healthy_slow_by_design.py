"""Answers that are meant to wait."""

from __future__ import annotations

from tests.lab.case import SILENT, Case, Http, Phase, Service

case = Case(
    label=SILENT,
    reason="Long polling answers after 600 ms by design, at a steady load with an idle loop.",
    services=(Service(script="fastify.js", knobs={"wait_ms": 600}),),
    phases=(Phase(1200, (Http(path="/wait", rate=20),)),),
    light=True,
)
