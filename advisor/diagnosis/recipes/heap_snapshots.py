"""Heap snapshots: what a process keeps, asked for by a signal, or written just before V8 ends it."""

from __future__ import annotations

from typing import Final

from advisor.diagnosis.advice import Step
from advisor.diagnosis.words import lasting

FLAG: Final = "--heapsnapshot-signal"

BEFORE_THE_END: Final = Step(
    "Let V8 write what fills the heap just before the limit, and open the file in Chrome DevTools.", "", "shell",
    'NODE_OPTIONS="$NODE_OPTIONS --heapsnapshot-near-heap-limit=1 --report-on-fatalerror" node server.js',
)  # fmt: skip


def compared(pid: int, wait: float) -> tuple[Step, ...]:
    """Two snapshots of a process, `wait` seconds apart, and what to look for in them."""
    return (
        Step("Let the process write a heap snapshot on a signal; this needs one restart. What is exported in a shell "
             "reaches what starts from it. Under systemd set it by systemctl edit, in a container as its environment. "
             f"Under PM2 put {FLAG}=SIGUSR2 into node_args of its ecosystem file and restart that: what is in env does "
             "not reach workers of its cluster mode in time.", file="shell",
             code=f'export NODE_OPTIONS="$NODE_OPTIONS {FLAG}=SIGUSR2"'),
        Step(f"Take one when the process is warm, and a second {lasting(wait)} later at a similar load. The process "
             f"stands still meanwhile. NEW_PID is its number after the restart, no longer {pid}. The files appear in "
             "its working directory. The first command looks for the flag: without it the signal ends the process.",
             file="shell",
             code=f"grep -qza -e {FLAG} /proc/NEW_PID/environ /proc/NEW_PID/cmdline && kill -USR2 NEW_PID"),
        Step("Open both in Chrome DevTools (Memory, Load), choose Comparison, and sort by size delta: what grew, and "
             "which object holds it (Retainers)."),
        Step("To look into it live, open the inspector of the running process; it listens on this machine only, so "
             "reach it through a tunnel.", file="shell", code="kill -USR1 NEW_PID\nssh -L 9229:127.0.0.1:9229 $HOST"),
    )  # fmt: skip
