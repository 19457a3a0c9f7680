"""Readings of meters, some of which were turned back."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("descriptor-leak",),
        strategies=("fix-leak",),
        forbidden=("vertical", "worker-threads", "async-io", "cache", "scale-down", "shard", "read-replica"),
        also=("descriptor-exhaustion",),
    ),
    reason=(
        "Each reading that is refused leaves its file open, 0.9 a second of the wall clock, so descriptors grow "
        "in a straight line from 22 to 668 of 1,024 in two hours of the model, and the last is gone in a little "
        "more than another hour."
    ),
    services=(Service(script="meter_readings.js", environment={"SHEETS": "{scratch}"}, descriptors=1024),),
    phases=(
        Phase(300, (Http(path="/reading?meter={r}&value=9000", rate=5),)),
        Phase(
            7500,
            (
                Http(path="/reading?meter={r}&value=9000", rate=5),
                Http(path="/reading?meter={r}&value=0", rate=0.9),
            ),
        ),
    ),
    onset=300,
    light=True,
)
