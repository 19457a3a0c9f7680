"""The database is held up by write."""

from __future__ import annotations

from dataclasses import replace

from tests.lab.case import Http, Phase
from tests.lab.cases.db_write_log import case as base

case = replace(
    base,
    reason="A flush of the log takes a tenth of a second and serves ten sessions: 150 a second write, and 100 can.",
    phases=(
        base.phases[0],
        Phase(2700, (Http(path="/entry", rate=150, method="POST"),)),
    ),
)
