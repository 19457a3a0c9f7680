"""A storm makes everybody look at the map."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("event-loop-saturated",),
        strategies=("cluster", "load-balance", "autoscale", "cache", "static-offload", "optimise-code"),
        forbidden=("vertical", "scale-down", "shard", "read-replica", "fix-leak", "tune-heap", "raise-limit"),
    ),
    reason=(
        "Each tile is 7 ms of drawing and 130 a second are asked for: one loop is 98 % busy, tiles come after "
        "0.23 s at p95 instead of 18 ms, and the second core is free."
    ),
    services=(Service(script="tile_server.js", knobs={"draw_ms": 7}, telemetry="pm2"),),
    phases=(
        Phase(300, (Http(path="/tile/9/{r}/{n}", rate=30),)),
        Phase(900, (Http(path="/tile/9/{r}/{n}", rate=130),)),
    ),
    onset=300,
)
