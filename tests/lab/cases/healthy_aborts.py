"""Clients that leave early."""

from __future__ import annotations

from tests.lab.case import SILENT, Case, Http, Phase, Service

case = Case(
    label=SILENT,
    reason="A fifth of the clients leave after 200 ms, as people on phones do; the service itself is well.",
    services=(Service(script="express.js", knobs={"cpu_ms": 2, "wait_ms": 250}),),
    phases=(Phase(1200, (Http(path="/work", rate=20, aborts=0.2),)),),
    light=True,
)
