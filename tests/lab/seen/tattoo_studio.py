"""Appointments are lost whenever a process is replaced."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

LOAD = (
    Http(path="/appointments", rate=14, method="POST", body=120),
    Http(path="/diary/{r}", rate=5),
)

case = Case(
    label=Label(
        rules=("dropped-at-deploy",),
        strategies=("graceful-shutdown",),
        forbidden=(
            "cluster",
            "autoscale",
            "load-balance",
            "vertical",
            "worker-threads",
            "scale-down",
            "raise-limit",
            "fix-leak",
            "fix-crash",
        ),
    ),
    reason=(
        "A deposit takes half a second and the process ends at SIGTERM without waiting for those under way, so each "
        "of six deploys loses some three to eight appointments, about one in thirty; between them nothing is wrong."
    ),
    services=(Service(script="tattoo_studio.js", copies=2),),
    phases=(Phase(300, LOAD), Phase(1200, LOAD, deploys=6)),
    onset=300,
    light=True,
)
