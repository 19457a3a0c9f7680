"""Two thousand WebSockets that say nothing."""

from __future__ import annotations

from tests.lab.case import SILENT, Case, Phase, Service, Sockets

case = Case(
    label=SILENT,
    reason="Idle connections cost memory and descriptors, of both of which there is plenty.",
    services=(Service(script="sockets.js", descriptors=4096),),
    phases=(Phase(1500, (Sockets(count=2000, ramp=300),)),),
)
