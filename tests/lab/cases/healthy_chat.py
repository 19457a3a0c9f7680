"""Sockets that talk, within what one loop can do."""

from __future__ import annotations

from tests.lab.case import SILENT, Case, Phase, Service, Sockets

case = Case(
    label=SILENT,
    reason="Three hundred clients talk and the loop is mostly idle.",
    services=(Service(script="sockets.js"),),
    phases=(Phase(1200, (Sockets(count=300, ramp=60, sends=0.5),)),),
)
