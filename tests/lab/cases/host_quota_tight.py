"""A CPU quota holds the service back."""

from __future__ import annotations

from dataclasses import replace

from tests.lab.case import Service
from tests.lab.cases.host_quota_short import case as base

case = replace(
    base,
    reason="The quota of the control group is half of what it needs, so the kernel stops the process in most periods "
    "while the host has cores to spare.",
    services=(Service(script="express.js", knobs={"cpu_ms": 8}, cores=0.25),),
)
