"""Heap snapshots: what a process keeps, asked for by a signal, or written just before V8 ends it."""

from __future__ import annotations

from typing import Final

from advisor.diagnosis.advice import Step
from advisor.diagnosis.words import lasting

BEFORE_THE_END: Final = Step(
    "Let V8 write what fills the heap just before the limit, and open the file in Chrome DevTools.", "", "shell",
    "NODE_OPTIONS='--heapsnapshot-near-heap-limit=1 --report-on-fatalerror' node server.js",
)  # fmt: skip


def compared(pid: int, wait: float) -> tuple[Step, ...]:
    """Two snapshots of a process, `wait` seconds apart, and what to look for in them."""
    return (
        Step("Let the process write a heap snapshot on a signal; this needs one restart.", file="shell",
             code="export NODE_OPTIONS=\"$NODE_OPTIONS --heapsnapshot-signal=SIGUSR2\""),
        Step(f"Take one when the process is warm, and a second {lasting(wait)} later at a similar load. The process "
             "stands still meanwhile. The files appear in its working directory.", file="shell",
             code=f"kill -USR2 {pid}"),
        Step("Open both in Chrome DevTools (Memory, Load), choose Comparison, and sort by size delta: what grew, and "
             "which object holds it (Retainers)."),
        Step("To look into it live, open the inspector of the running process; it listens on this machine only, so "
             "reach it through a tunnel.", file="shell", code=f"kill -USR1 {pid}\nssh -L 9229:127.0.0.1:9229 $HOST"),
    )  # fmt: skip
