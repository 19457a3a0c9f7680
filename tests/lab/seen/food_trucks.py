"""Everybody looks at noon, for some seconds, and is served."""

from __future__ import annotations

from tests.lab.case import SILENT, Case, Http, Phase, Service

case = Case(
    label=SILENT,
    reason=(
        "For 2.5 s out of 30 the loop is up to 70 % busy and some answers take 50 ms or more, then it idles; nobody "
        "adds processes for a mean of 6 %."
    ),
    services=(Service(script="food_trucks.js"),),
    phases=(
        Phase(
            1500,
            (Http(path="/nearby?from={r}", rate=95, burst=(25, 275)), Http(path="/trucks/{r}", rate=5)),
        ),
    ),
)
