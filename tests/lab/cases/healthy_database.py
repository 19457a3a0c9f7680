"""A database that answers quickly."""

from __future__ import annotations

from tests.lab.case import SILENT, Case, Http, Phase, Service

case = Case(
    label=SILENT,
    reason="Queries by key take a millisecond and the pool is mostly idle.",
    services=(Service(script="shop.js", environment={"DATABASE_URL": "{postgresql}"}),),
    phases=(Phase(1200, (Http(path="/item", rate=25),)),),
)
