"""More reads of a slow storage than libuv's four threads can wait for."""

from __future__ import annotations

from dataclasses import replace

from tests.lab.case import Http, Phase
from tests.lab.cases.pool_files_full import case as base

case = replace(
    base,
    reason="Four threads each wait 100 ms on average for a file, which is 40 a second, and 60 are asked for; the "
    "processor idles.",
    phases=(
        base.phases[0],
        Phase(900, (Http(path="/file", rate=60), Http(path="/light", rate=10))),
    ),
    remedy=None,
)
