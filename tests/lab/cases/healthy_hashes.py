"""Passwords hashed in the thread pool, with room."""

from __future__ import annotations

from tests.lab.case import SILENT, Case, Http, Phase, Service

case = Case(
    label=SILENT,
    reason="A few hashes a second use one of four threads now and then.",
    services=(Service(script="pool.js", knobs={"rounds": 40000}),),
    phases=(Phase(1200, (Http(path="/hash", rate=8), Http(path="/light", rate=10))),),
)
