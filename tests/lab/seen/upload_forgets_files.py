"""An upload service leaves a file open whenever a client goes away."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("descriptor-leak", "descriptor-exhaustion"),
        strategies=("fix-leak", "raise-limit"),
        forbidden=(
            "cluster",
            "worker-threads",
            "vertical",
            "autoscale",
            "load-balance",
            "scale-down",
            "websocket-scale-out",
            "shard",
            "read-replica",
            "tune-datastore",
        ),
        also=("descriptor-exhaustion", "descriptor-leak"),
    ),
    reason=(
        "A third of the uploads are given up by their clients, each of these leaves a descriptor behind, and "
        "three quarters of the limit are used up when the case ends."
    ),
    services=(
        Service(script="upload.js", environment={"SPOOL": "{scratch}"}, knobs={"scan_seconds": 0.5}, descriptors=700),
    ),
    phases=(
        Phase(300, (Http(path="/files", rate=11, method="POST", body=3000, aborts=0.35),)),
        Phase(1200, (Http(path="/files", rate=11, method="POST", body=3000, aborts=0.35),), knobs={"forgets": True}),
    ),
    onset=300,
)
