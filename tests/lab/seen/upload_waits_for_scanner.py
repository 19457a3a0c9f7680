"""An upload service waits for its virus scanner with a synchronous call."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("event-loop-blocked",),
        strategies=("async-io", "worker-threads", "decompose", "optimise-code"),
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
        "Each upload stops the loop for 0.35 seconds in `execFileSync`, in which nothing is computed, and "
        "look-ups stand behind it."
    ),
    services=(Service(script="upload.js", environment={"SPOOL": "{scratch}"}, knobs={"scan_seconds": 0.35}),),
    phases=(
        Phase(300, (Http(path="/files/upload-{r}", rate=25), Http(path="/files", rate=1, method="POST", body=4000))),
        Phase(
            900,
            (Http(path="/files/upload-{r}", rate=25), Http(path="/files", rate=1, method="POST", body=4000)),
            knobs={"waits_for_scanner": True},
        ),
    ),
    onset=300,
)
