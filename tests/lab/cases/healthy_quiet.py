"""A request now and then."""

from __future__ import annotations

from tests.lab.case import SILENT, Case, Http, Phase, Service

case = Case(
    label=SILENT,
    reason="One request in two seconds is too few to say anything of, and all are answered at once.",
    services=(Service(script="express.js", knobs={"cpu_ms": 8}),),
    phases=(Phase(1200, (Http(path="/work", rate=0.5),)),),
    light=True,
)
