"""The database is held up by read."""

from __future__ import annotations

from dataclasses import replace

from tests.lab.case import Http, Phase
from tests.lab.cases.db_read_scans import case as base

case = replace(
    base,
    reason="Every request reads a whole table because an index is missing, and more come than the database can serve.",
    phases=(
        base.phases[0],
        Phase(1500, (Http(path="/owner", rate=90),)),
    ),
    remedy=None,
)
