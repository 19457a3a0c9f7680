"""A cache fills for some hours, and then it is full and stays so."""

from __future__ import annotations

from tests.lab.case import SILENT, Case, Http, Phase, Service

case = Case(
    label=SILENT,
    reason=(
        "A cache of 2,500 formulas fills at six a second in the first five to six hours (RSS from 60 to 270 MB) and "
        "is then full: for eighteen hours RSS stays between 264 and 281 MB and the heap goes up and down between 160 "
        "and 206 of 512 MB."
    ),
    services=(Service(script="perfume.js", node=("--max-old-space-size=512",)),),
    phases=(Phase(86400, (Http(path="/formulas/{n}", rate=6), Http(path="/notes", rate=3))),),
    stretched=4.8,
    live=14400,
    light=True,
)
