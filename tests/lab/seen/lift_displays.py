"""Nine hundred displays of an office park stay connected and wait for a notice."""

from __future__ import annotations

from tests.lab.case import SILENT, Case, Http, Phase, Service, Sockets

LOOKS = Http(path="/notice", rate=3)
PATH = "/socket.io/?EIO=4&transport=websocket"

case = Case(
    label=SILENT,
    reason=(
        "Nine hundred displays are connected and idle: 922 of 16,384 descriptors, 70 MB, a loop that is 2 % busy, "
        "and nobody is refused or lost."
    ),
    services=(Service(script="displays.js", descriptors=16384),),
    phases=(
        Phase(300, (LOOKS, Sockets(count=200, path=PATH))),
        Phase(1800, (LOOKS, Sockets(count=900, ramp=600, path=PATH))),
    ),
    light=True,
)
