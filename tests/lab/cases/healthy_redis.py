"""A cache in Redis that is hit nearly always."""

from __future__ import annotations

from tests.lab.case import SILENT, Case, Http, Phase, Service

case = Case(
    label=SILENT,
    reason="Nearly all keys are found, and everything is quick.",
    services=(Service(script="shop.js", environment={"DATABASE_URL": "{postgresql}", "REDIS_URL": "{redis}"}),),
    phases=(Phase(1200, (Http(path="/cached", rate=25),)),),
)
