"""As many WebSockets as descriptors allow."""

from __future__ import annotations

from dataclasses import replace

from tests.lab.case import Phase, Sockets
from tests.lab.cases.ws_at_limit import case as base

case = replace(
    base,
    reason="870 clients stay connected and the soft limit is 1,024 descriptors: a few more and connections fail.",
    phases=(
        base.phases[0],
        Phase(1800, (Sockets(count=870, ramp=120, sends=0.05),)),
    ),
)
