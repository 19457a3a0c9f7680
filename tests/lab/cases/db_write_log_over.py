"""The database is held up by write."""

from __future__ import annotations

from dataclasses import replace

from tests.lab.case import Http, Phase
from tests.lab.cases.db_write_log import case as base

case = replace(
    base,
    reason="Every request inserts thousands of rows, and more come than the database can write.",
    phases=(
        base.phases[0],
        Phase(1500, (Http(path="/entry", rate=30),)),
    ),
)
