"""The database is held up by read."""

from __future__ import annotations

from dataclasses import replace

from tests.lab.case import Http, Phase
from tests.lab.cases.db_read_scans import case as base

case = replace(
    base,
    reason="Every request searches a whole table because no index serves it: twice as many come as two cores can do.",
    phases=(
        base.phases[0],
        Phase(2700, (Http(path="/owner", rate=28),)),
    ),
    remedy=None,
)
