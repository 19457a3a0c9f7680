"""A ticket shop that seals its vouchers beside the loop."""

from __future__ import annotations

from dataclasses import replace

from tests.lab.case import SILENT, Http, Phase
from tests.lab.seen.ticket_vouchers_sealed import case as base

case = replace(
    base,
    label=SILENT,
    reason=(
        "Vouchers take 0.4 s each by design, but on a thread of the pool, a third of one thread in all: the loop "
        "is 4 % busy and seats come after 5 ms at p95."
    ),
    services=(replace(base.services[0], knobs={"seal": "async"}),),
    phases=(Phase(900, (Http(path="/seats/{n}", rate=25), Http(path="/voucher", rate=0.8))),),
    onset=0,
)
