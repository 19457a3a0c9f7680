"""Open WebSockets shared out evenly: where new ones go, and how some of those that are open come back anew."""

from __future__ import annotations

import math
from typing import Final

from advisor.diagnosis.advice import Step
from advisor.diagnosis.recipes import websockets
from advisor.diagnosis.recipes.socketio import WORKERS
from advisor.diagnosis.words import counted

PACE: Final = 10
"""Sockets closed a second: their clients' handshakes are no burst for the others."""


def over_workers() -> tuple[Step, ...]:
    """Where the primary of a cluster chooses by the client."""
    return (
        Step("Where the primary is sticky, let it give each new client to the worker with the fewest. What it knows "
             "clients by must be their own, such as Socket.IO's session, not an address that many share.",
             WORKERS, "primary.mjs", _STICKY),
    )  # fmt: skip


def moved(who: str, many: float, each: float) -> tuple[Step, ...]:
    """So many sockets of one process close bit by bit; `each` process has as many then."""
    count = math.ceil(many)
    return (
        *websockets.steps(each),
        Step(f"New clients alone are led elsewhere by this: open ones stay. Close {counted(count, 'WebSocket')} of "
             f"{who}, {PACE} a second, once its clients return by themselves.", websockets.PLATFORM, "shed.mjs",
             _SHED.replace("COUNT", str(count)).replace("PACE", str(PACE))),
    )  # fmt: skip


_STICKY: Final = """import { setupMaster } from "@socket.io/sticky";

export const stick = (server) => setupMaster(server, { loadBalancingMethod: "least-connection" });
"""

_SHED: Final = """// The sockets are wss.clients of the package ws, or Object.values(io.engine.clients) of Socket.IO.
export function shed(sockets) {
  [...sockets].slice(0, COUNT).forEach((socket, place) => setTimeout(() => socket.close(), (1000 * place) / PACE));
}
"""
