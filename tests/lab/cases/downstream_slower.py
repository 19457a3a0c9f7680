"""What a service depends on becomes very slow."""

from __future__ import annotations

from dataclasses import replace

from tests.lab.case import Http, Phase
from tests.lab.cases.downstream_slow import case as base

case = replace(
    base,
    reason="The other service takes 4 s instead of 30 ms for each answer, while this one's loop and processor idle.",
    phases=(
        base.phases[0],
        Phase(900, (Http(path="/order", rate=30),), others={"stock": {"wait_ms": 4000}}),
    ),
)
