"""Each deploy breaks the requests under way."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("dropped-at-deploy",),
        strategies=("graceful-shutdown",),
        forbidden=("vertical", "worker-threads", "scale-down", "raise-limit", "fix-leak", "shard"),
    ),
    reason=(
        "The service has no handler for SIGTERM, so every deploy resets the dozens of requests that it was serving."
    ),
    services=(Service(script="leaving.js", knobs={"wait_ms": 600}, copies=1),),
    phases=(Phase(300, (Http(path="/order", rate=60),)), Phase(2400, (Http(path="/order", rate=60),), deploys=4)),
    onset=780,
    light=True,
)
