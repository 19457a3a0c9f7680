"""A chat fills after school and empties again."""

from __future__ import annotations

from dataclasses import replace

from tests.lab.case import SILENT, Phase, Sockets
from tests.lab.seen.game_chat_tournament import case as base

case = replace(
    base,
    label=SILENT,
    reason=(
        "300 players make the loop 41 % busy at most and its delay stays below 20 ms; then most of them leave as "
        "they do every day, and everything falls back to what it was."
    ),
    phases=(
        Phase(200, (Sockets(count=60, ramp=30, sends=0.1),)),
        Phase(400, (Sockets(count=300, ramp=150, sends=0.1),)),
        Phase(300, (Sockets(count=80, sends=0.1),)),
    ),
    onset=0,
)
