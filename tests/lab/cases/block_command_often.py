"""The loop waits for another program, most of the time."""

from __future__ import annotations

from dataclasses import replace

from tests.lab.case import Http, Phase
from tests.lab.cases.block_command import case as base

case = replace(
    base,
    reason="execFileSync waits 300 ms about once a second, and the processor idles meanwhile.",
    phases=(
        base.phases[0],
        Phase(900, (Http(path="/light", rate=10), Http(path="/heavy", rate=1.2))),
    ),
)
