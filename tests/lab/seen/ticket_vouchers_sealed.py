"""A ticket shop begins to sell vouchers, and each is sealed in the middle of the loop."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("event-loop-blocked",),
        strategies=("async-io", "worker-threads", "optimise-code", "decompose"),
        forbidden=("scale-down", "shard", "read-replica", "fix-leak", "tune-heap", "raise-limit", "tune-datastore"),
    ),
    reason=(
        "From the onset on 0.8 vouchers a second hold the loop for 0.3 to 0.4 s each with a synchronous scrypt, "
        "so seats come after 0.29 s at p95 instead of 2 ms, though the loop is less than half busy."
    ),
    services=(Service(script="ticket_vouchers.js", knobs={"seal": "sync"}),),
    phases=(
        Phase(300, (Http(path="/seats/{n}", rate=25),)),
        Phase(900, (Http(path="/seats/{n}", rate=25), Http(path="/voucher", rate=0.8))),
    ),
    onset=300,
)
