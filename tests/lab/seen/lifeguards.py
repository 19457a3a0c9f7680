"""Phones that wait for a flag hold nearly all descriptors that the process may open."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("descriptor-exhaustion",),
        strategies=("raise-limit", "load-balance", "cluster", "autoscale"),
        forbidden=(
            "fix-leak",
            "vertical",
            "worker-threads",
            "scale-down",
            "shard",
            "tune-heap",
            "read-replica",
            "tune-datastore",
            "optimise-code",
        ),
    ),
    reason=(
        "26 phones a second that each wait for 8 s hold some 235 of 256 descriptors (90 before) at a CPU of 3 %, and "
        "each small peak is refused; nothing leaks, for the number is as even as the load."
    ),
    services=(Service(script="lifeguards.js", knobs={"wait_ms": 8000}, descriptors=256),),
    phases=(
        Phase(300, (Http(path="/flags/{r}", rate=6, timeout=30), Http(path="/beaches", rate=2))),
        Phase(1200, (Http(path="/flags/{r}", rate=26, timeout=30), Http(path="/beaches", rate=2))),
    ),
    onset=300,
    light=True,
)
