"""Totals hold the loop for most of a second, and deploys cut exports."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("event-loop-blocked", "dropped-at-deploy"),
        strategies=("worker-threads", "optimise-code", "decompose", "graceful-shutdown"),
        forbidden=("vertical", "autoscale", "scale-down", "fix-leak", "raise-limit", "shard"),
        second=("dropped-at-deploy",),
    ),
    reason=(
        "A sum over a year is computed at once on the loop every few seconds, and SIGTERM ends a process with "
        "exports in the middle: each would be a fault without the other."
    ),
    services=(Service(script="exports.js", copies=2),),
    phases=(
        Phase(300, (Http(path="/exports/{n}", rate=6), Http(path="/totals", rate=0.5))),
        Phase(
            1200,
            (Http(path="/exports/{n}", rate=6), Http(path="/totals", rate=0.5)),
            knobs={"rows": 350_000},
            deploys=5,
        ),
    ),
    onset=300,
)
