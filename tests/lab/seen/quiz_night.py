"""Rounds of pub quizzes all evening."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("memory-leak",),
        strategies=("fix-leak",),
        forbidden=("worker-threads", "async-io", "cache", "scale-down", "shard", "raise-limit", "read-replica"),
        also=("memory-pressure",),
    ),
    reason=(
        "Every round leaves a listener with its questions on a global emitter, so the heap after collection grows "
        "in a straight line from 10 to 207 of 256 MB in two and a half hours of the model, at a steady 8 rounds a "
        "second, and ends the process within the next hour."
    ),
    services=(Service(script="quiz_night.js", node=("--max-old-space-size=256",)),),
    phases=(
        Phase(300, (Http(path="/", rate=10),)),
        Phase(9000, (Http(path="/", rate=4), Http(path="/rounds/{n}", rate=8))),
    ),
    onset=300,
    light=True,
)
