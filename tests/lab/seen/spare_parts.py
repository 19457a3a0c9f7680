"""A large catalogue lies in memory from the start, and nothing is added to it."""

from __future__ import annotations

from tests.lab.case import SILENT, Case, Http, Phase, Service

case = Case(
    label=SILENT,
    reason=(
        "The catalogue takes 240 MB of a heap of 1,024 MB from the first minute (276 MB committed, so 90 % of that "
        "seem used), RSS is even at 333 MB and answers take 2 ms."
    ),
    services=(Service(script="spare_parts.js", telemetry="pm2", node=("--max-old-space-size=1024",)),),
    phases=(Phase(1500, (Http(path="/parts/{r}", rate=8), Http(path="/numbers/{r}", rate=4))),),
    light=True,
)
