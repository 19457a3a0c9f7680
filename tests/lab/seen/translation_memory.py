"""One process ranks segments for all translators of a firm."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

SAVES = Http(path="/segments/{r}", rate=2, method="PUT", body=90)

case = Case(
    label=Label(
        rules=("event-loop-saturated",),
        strategies=("cluster", "load-balance", "autoscale", "worker-threads", "optimise-code", "cache"),
        forbidden=(
            "vertical",
            "raise-limit",
            "websocket-scale-out",
            "scale-down",
            "read-replica",
            "fix-leak",
            "rebalance",
        ),
    ),
    reason=(
        "Ranking a segment computes for 8 ms and 98 are asked for each second, so the only loop is about 87 % busy, "
        "answers take 70 ms instead of 9, and the other core idles."
    ),
    services=(Service(script="translation_memory.js", telemetry="prom"),),
    phases=(
        Phase(300, (Http(path="/matches?segment={r}", rate=25), SAVES)),
        Phase(1200, (Http(path="/matches?segment={r}", rate=98), SAVES)),
    ),
    onset=300,
)
