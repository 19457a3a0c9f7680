"""Open connections come near the limit of descriptors."""

from __future__ import annotations

from dataclasses import replace

from tests.lab.case import Http, Phase, Remedy, Service
from tests.lab.cases.fd_exhausted import case as base

case = replace(
    base,
    reason="Each answer takes 2 s by design and holds a connection, and the soft limit of descriptors is 256: about "
    "225 are open.",
    phases=(
        base.phases[0],
        Phase(1500, (Http(path="/slow", rate=100, fresh=True),)),
    ),
    remedy=Remedy(
        strategy="raise-limit", service=Service(script="descriptors.js", knobs={"wait_ms": 2000}, descriptors=1024)
    ),
)
