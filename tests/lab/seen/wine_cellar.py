"""Searches are given up as one types on, and half of the old links lead nowhere."""

from __future__ import annotations

from tests.lab.case import SILENT, Case, Http, Phase, Service

case = Case(
    label=SILENT,
    reason=(
        "Two thirds of the searches are given up after 150 ms by clients that type on, and every third request is "
        "answered with 404, but those who wait are answered as ever and the loop is 2 % busy."
    ),
    services=(Service(script="wine_cellar.js"),),
    phases=(
        Phase(300, (Http(path="/search?q={r}", rate=4), Http(path="/bottles/{r}", rate=6))),
        Phase(
            1200,
            (
                Http(path="/search?q={r}", rate=10, aborts=0.7, patience=0.15),
                Http(path="/bottles/{r}", rate=6),
                Http(path="/bottles/9{r}", rate=6),
            ),
        ),
    ),
    light=True,
)
