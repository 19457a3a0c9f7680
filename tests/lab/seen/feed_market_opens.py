"""A price feed at the opening: all clients come within a minute, and stay."""

from __future__ import annotations

from tests.lab.case import SILENT, Case, Phase, Service, Sockets

case = Case(
    label=SILENT,
    reason=(
        "From 20 to 350 clients in one minute is a step that is taken once: connections, memory and "
        "descriptors then stay level, and the loop has a lot left."
    ),
    services=(Service(script="feed.js", knobs={"instruments": 15, "ticks": 2}),),
    phases=(Phase(300, (Sockets(count=20),)), Phase(900, (Sockets(count=350, ramp=60),))),
)
