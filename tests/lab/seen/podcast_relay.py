"""Listeners of a podcast on the day of a new season."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("descriptor-exhaustion",),
        strategies=("raise-limit", "cluster", "load-balance", "autoscale", "static-offload", "optimise-code", "cache"),
        forbidden=("fix-leak", "vertical", "worker-threads", "scale-down", "tune-heap", "tune-datastore"),
    ),
    reason=(
        "An episode takes 8 s and three descriptors, and 20 listeners come a second, so 510 descriptors are "
        "wanted where 400 are allowed: the process stays at 399, and 414 of 1,805 streams fail with EMFILE or a "
        "closed connection."
    ),
    services=(
        Service(
            script="podcast_relay.js",
            environment={"ORIGIN_URL": "http://127.0.0.1:{port:studio}/", "SPOOL": "{scratch}"},
            descriptors=400,
        ),
        Service(script="studio_origin.js", name="studio", telemetry="agent"),
    ),
    phases=(
        Phase(300, (Http(path="/episodes/{n}", rate=5, timeout=20),)),
        Phase(900, (Http(path="/episodes/{n}", rate=20, timeout=20),)),
    ),
    onset=300,
    light=True,
)
