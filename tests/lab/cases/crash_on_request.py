"""One kind of request ends the process."""

from __future__ import annotations

from dataclasses import replace

from tests.lab.case import Http, Phase
from tests.lab.cases.crash_at_start import case as base

case = replace(
    base,
    reason="A request throws an error that nobody catches, several times in a quarter of an hour, and a supervisor "
    "starts the process again.",
    phases=(
        base.phases[0],
        Phase(1200, (Http(path="/light", rate=10), Http(path="/boom", rate=0.06))),
    ),
)
