"""A rare heavy request holds up all light ones."""

from __future__ import annotations

from dataclasses import replace

from tests.lab.case import Http, Phase
from tests.lab.cases.block_spin_often import case as base

case = replace(
    base,
    reason="Every other second a request computes for 300 ms, during which no other is served, while the loop is "
    "idle eight tenths of the time.",
    phases=(
        base.phases[0],
        Phase(900, (Http(path="/light", rate=10), Http(path="/heavy", rate=0.5))),
    ),
)
