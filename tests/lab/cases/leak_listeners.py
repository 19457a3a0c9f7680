"""Memory that grows for days."""

from __future__ import annotations

from dataclasses import replace

from tests.lab.case import Service
from tests.lab.cases.leak_heap import case as base

case = replace(
    base,
    reason="Every request leaves behind a listener that is never removed, with what it holds, so the heap grows at "
    "any load and reaches its limit within days.",
    services=(Service(script="memory.js", knobs={"habit": "listeners", "kb": 80}, node=("--max-old-space-size=512",)),),
)
