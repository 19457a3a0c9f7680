"""One of three copies is sick."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("uneven-load",),
        strategies=("rebalance", "load-balance", "relieve-host"),
        forbidden=("cluster", "autoscale", "vertical", "scale-down", "shard", "fix-leak", "worker-threads"),
        also=("event-loop-saturated",),
    ),
    reason=(
        "All copies get the same requests, but one takes four times as long for each: it is to be replaced, not "
        "to be helped by more."
    ),
    services=(Service(script="tenants.js", knobs={"cpu_ms": 4}, copies=3),),
    phases=(
        Phase(300, (Http(path="/work", rate=110),)),
        Phase(1200, (Http(path="/work", rate=110),), knobs={"sick_copy": 1, "sickness": 4}),
    ),
    onset=300,
)
