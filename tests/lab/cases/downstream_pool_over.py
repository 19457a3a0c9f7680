"""The pool of database connections is too small."""

from __future__ import annotations

from dataclasses import replace

from tests.lab.case import Http, Phase
from tests.lab.cases.downstream_pool_full import case as base

case = replace(
    base,
    reason="Three connections are each held for 100 ms while the database idles, which is 30 requests a second; 40 "
    "are asked for, so the queue grows.",
    phases=(
        base.phases[0],
        Phase(900, (Http(path="/held", rate=40),)),
    ),
    remedy=None,
)
