"""So many people watch the hydrants that the process has no descriptor left for the next."""

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("descriptor-exhaustion",),
        strategies=("raise-limit", "load-balance", "cluster", "autoscale"),
        forbidden=("worker-threads", "scale-down", "fix-leak", "tune-heap", "async-io", "shard", "optimise-code"),
    ),
    reason=(
        "28 viewers a second who stay for 9 s want 252 connections where the process may open 256 descriptors and "
        "needs 22 of them itself, so it is at the limit all the time and cuts off every seventh viewer, with the "
        "loop 2 % busy; before, it had 99 open."
    ),
    services=(Service(script="hydrant_alarm.js", knobs={"watch_s": 9}, telemetry="agent", descriptors=256),),
    phases=(
        Phase(300, (Http(path="/streets/{r}", rate=7, timeout=30), Http(path="/readings", rate=3))),
        Phase(1200, (Http(path="/streets/{r}", rate=28, timeout=30), Http(path="/readings", rate=3))),
    ),
    onset=300,
    light=True,
)
