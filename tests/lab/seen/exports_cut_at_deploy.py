"""Exports stream for two seconds, and deploys cut those that are under way."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("dropped-at-deploy",),
        strategies=("graceful-shutdown",),
        forbidden=(
            "cluster",
            "worker-threads",
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
        "SIGTERM ends each process at once with six or so exports in the middle, of which clients get only a "
        "part, at each of five deploys."
    ),
    services=(Service(script="exports.js", copies=2),),
    phases=(
        Phase(300, (Http(path="/exports/{n}", rate=6),)),
        Phase(1200, (Http(path="/exports/{n}", rate=6),), deploys=5),
    ),
    onset=300,
)
