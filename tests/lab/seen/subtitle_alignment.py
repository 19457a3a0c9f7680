"""A studio aligns the subtitles of a whole season in a container of eight tenths of a core."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

READS = Http(path="/scenes/{r}", rate=20)

case = Case(
    label=Label(
        rules=("host-cpu-saturated",),
        strategies=("vertical", "autoscale", "load-balance", "optimise-code"),
        forbidden=("cluster", "worker-threads", "scale-down", "fix-leak", "raise-limit", "async-io", "tune-heap"),
    ),
    reason=(
        "4.5 scenes a second of 300 ms would need 1.35 cores and the quota grants 0.8, which two threads use up: "
        "more than half of all periods are throttled and light reads go from 7 to 47 ms, while the loop is 7 % "
        "busy."
    ),
    services=(Service(script="subtitles.js", cores=0.8),),
    phases=(
        Phase(300, (READS, Http(path="/scenes", method="POST", rate=0.6))),
        Phase(1200, (READS, Http(path="/scenes", method="POST", rate=4.5))),
    ),
    onset=300,
)
