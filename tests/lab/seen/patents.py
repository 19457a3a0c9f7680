"""A register fills a large heap from the first second and never changes."""

from __future__ import annotations

from tests.lab.case import SILENT, Case, Http, Phase, Service

case = Case(
    label=SILENT,
    reason=(
        "A million patents take a heap of 335 MB at the start and 400 MB of resident memory, which then stays the "
        "same, on a machine with many times that."
    ),
    services=(Service(script="patents.js", telemetry="agent"),),
    phases=(Phase(1500, (Http(path="/patents/{r}", rate=8), Http(path="/search?q={r}", rate=4))),),
    light=True,
)
