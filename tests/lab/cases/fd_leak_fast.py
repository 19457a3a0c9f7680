"""Files are opened and never closed."""

from __future__ import annotations

from dataclasses import replace

from tests.lab.case import Http, Phase, Service
from tests.lab.cases.fd_leak import case as base

case = replace(
    base,
    services=(Service(script="descriptors.js", descriptors=4096),),
    phases=(Phase(43200, (Http(path="/forget", rate=1.2), Http(path="/light", rate=10))),),
)
