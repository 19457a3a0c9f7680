"""Offers that are being worked out are lost whenever the service is deployed."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("dropped-at-deploy",),
        strategies=("graceful-shutdown",),
        forbidden=(
            "cluster",
            "autoscale",
            "vertical",
            "worker-threads",
            "scale-down",
            "raise-limit",
            "tune-heap",
            "fix-leak",
            "shard",
            "fix-crash",
        ),
    ),
    reason=(
        "An offer takes 0.9 s and the process ends at SIGTERM without waiting, so each of three deploys of two copies "
        "loses some 18 offers (53 of 643 in a short run), and no request is lost in between."
    ),
    services=(Service(script="removals.js", knobs={"route_ms": 900}, copies=2),),
    phases=(
        Phase(300, (Http(path="/offers/{r}", rate=20, method="POST", body=60), Http(path="/vans", rate=2))),
        Phase(1500, (Http(path="/offers/{r}", rate=20, method="POST", body=60), Http(path="/vans", rate=2)), deploys=3),
    ),
    onset=300,
    light=True,
)
