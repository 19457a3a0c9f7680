"""Firing curves are read from a slow network drive by more readers than libuv has threads."""

from tests.lab.case import Case, Http, Label, Phase, Service

LIGHT = (Http(path="/glazes/{r}", rate=8), Http(path="/orders/{n}", method="POST", body=80, rate=3))

case = Case(
    label=Label(
        rules=("thread-pool-saturated",),
        strategies=("async-io", "cache"),
        forbidden=("worker-threads", "scale-down", "raise-limit", "shard", "fix-leak", "tune-heap", "vertical"),
    ),
    reason=(
        "Each curve holds one of libuv's four threads for 60 ms while the drive is waited for, so 66 a second are "
        "all they can read; with 61 a second the pool is 92 % taken and curves need 0.23 s at the median and 0.6 "
        "s at p95 instead of 0.06 and 0.12, while the loop is 3 % busy and glazes come in 1 ms."
    ),
    services=(Service(script="pottery_kiln.js", knobs={"drive_ms": 120}),),
    phases=(
        Phase(300, (*LIGHT, Http(path="/curves/{r}", rate=10))),
        Phase(1080, (*LIGHT, Http(path="/curves/{r}", rate=61))),
    ),
    onset=300,
    light=True,
)
