"""Buffers outside the JavaScript heap that grow for days."""

from __future__ import annotations

from dataclasses import replace

from tests.lab.case import Http, Phase, Service
from tests.lab.cases.leak_heap import case as base

case = replace(
    base,
    reason="Every request keeps a Buffer that nothing reads, so the resident memory grows at any load while the "
    "JavaScript heap does not.",
    services=(Service(script="memory.js", knobs={"habit": "buffers", "kb": 150}, memory=512 * 1024 * 1024),),
    phases=(
        Phase(86400, (Http(path="/take", rate=1.0, until=1.6),)),
        Phase(86400, (Http(path="/take", rate=1.6, until=1.0),)),
        Phase(86400, (Http(path="/take", rate=1.0, until=1.6),)),
    ),
)
