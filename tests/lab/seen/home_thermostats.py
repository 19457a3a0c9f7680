"""Thermostats that say little and stay connected."""

from __future__ import annotations

from tests.lab.case import SILENT, Case, Phase, Service, Sockets

case = Case(
    label=SILENT,
    reason=(
        "700 sockets are open, a tenth of the 8,192 descriptors that are allowed, they say next to nothing, the "
        "loop is 1 % busy, and memory stays at 59 MB."
    ),
    services=(Service(script="home_thermostats.js", descriptors=8192),),
    phases=(
        Phase(300, (Sockets(count=150, ramp=60, sends=0.02, size=60),)),
        Phase(1800, (Sockets(count=700, ramp=300, sends=0.02, size=60),)),
    ),
    light=True,
)
