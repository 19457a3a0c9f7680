"""Yearly statements are laid out and compressed on the loop, while others wait."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("event-loop-blocked",),
        strategies=("worker-threads", "async-io", "optimise-code", "decompose"),
        forbidden=(
            "vertical",
            "autoscale",
            "scale-down",
            "fix-leak",
            "raise-limit",
            "shard",
            "read-replica",
            "tune-datastore",
        ),
    ),
    reason=(
        "Every few seconds one statement holds the loop for about a second, and every balance that is asked "
        "for meanwhile waits as long; on the mean the loop is a fifth busy."
    ),
    services=(Service(script="billing.js"),),
    phases=(
        Phase(300, (Http(path="/accounts/{r}", rate=25), Http(path="/statements/{r}", rate=0.25))),
        Phase(
            900,
            (Http(path="/accounts/{r}", rate=25), Http(path="/statements/{r}", rate=0.25)),
            knobs={"lines": 200_000},
        ),
    ),
    onset=300,
)
