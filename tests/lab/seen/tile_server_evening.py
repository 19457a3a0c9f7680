"""A map that is busy every evening."""

from __future__ import annotations

from dataclasses import replace

from tests.lab.case import SILENT, Http, Phase
from tests.lab.seen.tile_server_rush import case as base

case = replace(
    base,
    label=SILENT,
    reason=(
        "70 tiles a second keep the loop 58 % busy, p95 is 28 ms and nothing fails: busy, and well within what "
        "one core can do."
    ),
    services=(replace(base.services[0], telemetry="sdk"),),
    phases=(Phase(300, (Http(path="/tile/9/{r}/{n}", rate=30),)), Phase(600, (Http(path="/tile/9/{r}/{n}", rate=70),))),
    onset=0,
)
