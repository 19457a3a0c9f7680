"""A chain prints coupons in a newspaper, and everybody's till checks them."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("event-loop-saturated",),
        strategies=("cluster", "load-balance", "autoscale", "optimise-code"),
        forbidden=("vertical", "scale-down", "fix-leak", "raise-limit", "read-replica", "async-io", "tune-heap"),
    ),
    reason=(
        "Each of 118 checks a second computes for 7 ms and is as dear as any other, so the one loop is busy for "
        "nine tenths of the time and requests queue for it, where 25 a second kept it 20 % busy."
    ),
    services=(Service(script="coupons.js", telemetry="pm2"),),
    phases=(
        Phase(300, (Http(path="/check/{r}", rate=25), Http(path="/campaigns", rate=2))),
        Phase(
            1500,
            (
                Http(path="/check/{r}", rate=94),
                Http(path="/redeem/{r}", method="POST", rate=24),
                Http(path="/campaigns", rate=3),
                Http(path="/best", rate=1),
            ),
        ),
    ),
    onset=300,
)
