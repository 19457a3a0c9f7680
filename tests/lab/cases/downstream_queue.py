"""What a service depends on takes too few at a time."""

from __future__ import annotations

from dataclasses import replace

from tests.lab.case import Http, Phase
from tests.lab.cases.downstream_slow import case as base

case = replace(
    base,
    reason="The other service takes 4 requests at a time of 150 ms each, so it serves 27 a second, and 40 are asked "
    "for: a queue grows there.",
    phases=(
        Phase(300, (Http(path="/order", rate=40),)),
        Phase(900, (Http(path="/order", rate=40),), others={"stock": {"wait_ms": 150, "places": 4}}),
    ),
)
