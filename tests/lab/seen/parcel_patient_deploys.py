"""The same deploys, of a service that lets its answers finish."""

from __future__ import annotations

from dataclasses import replace

from tests.lab.case import SILENT, Phase
from tests.lab.seen.parcel_hasty_deploys import LOAD
from tests.lab.seen.parcel_hasty_deploys import case as base

case = replace(
    base,
    label=SILENT,
    reason=(
        "At SIGTERM each copy stops to listen, lets its answers finish within 0.4 s of the 5 s that it has and "
        "only then exits, so three deploys break not one request."
    ),
    services=(replace(base.services[0], knobs={"farewell": "patient", "radio_ms": 400}),),
    phases=(Phase(200, LOAD), Phase(700, LOAD, deploys=3)),
    onset=0,
)
