"""Photos that a browser has already are opened for it nevertheless, and never closed."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("descriptor-leak",),
        strategies=("fix-leak",),
        forbidden=(
            "cluster",
            "autoscale",
            "load-balance",
            "vertical",
            "worker-threads",
            "scale-down",
            "shard",
            "websocket-scale-out",
        ),
    ),
    reason=(
        "Each photo that is answered with 304 leaves its file open, 80 an hour and in the end 1,300 of the 4,096 that "
        "are allowed, under a load that stays the same; the system's own count shows it without any probe."
    ),
    services=(Service(script="lost_property.js", telemetry="agent", descriptors=4096),),
    phases=(
        Phase(
            57600,
            (
                Http(path="/photo?id={r}&version=3", rate=0.8),
                Http(path="/photo?id={r}", rate=3),
                Http(path="/things?id={r}", rate=6),
            ),
        ),
    ),
    onset=0,
    stretched=3.6,
    live=14400,
    light=True,
)
