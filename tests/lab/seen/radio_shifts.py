"""A radio station's list of what was played, in nine shifts of three days."""

from __future__ import annotations

from tests.lab.case import SILENT, Case, Http, Phase, Service

LOAD = (
    Http(path="/played", method="POST", rate=3),
    Http(path="/now", rate=5),
    Http(path="/again/{r}", rate=1.5),
)

case = Case(
    label=SILENT,
    reason=(
        "What a shift of eight hours keeps, 90 MB, is dropped at its end, so the heap swings between 10 and 100 "
        "MB of 512 in each of nine shifts and nothing of it stays; the loop is 1 % busy and no request fails."
    ),
    services=(Service(script="radio.js", node=("--max-old-space-size=512",)),),
    phases=(Phase(86400, LOAD), Phase(172800, LOAD)),
    stretched=14.4,
    live=14400,
    light=True,
)
