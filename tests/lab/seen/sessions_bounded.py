"""A session store fills up to the number of sessions it may hold, and no further."""

from __future__ import annotations

from tests.lab.case import SILENT, Case, Http, Phase, Service

case = Case(
    label=SILENT,
    reason=(
        "Memory rises while the store fills and is level from then on, far below the limit of the heap: old "
        "sessions go as new ones come."
    ),
    services=(
        Service(script="sessions.js", environment={"EACH": "100", "LIMIT": "1500"}, node=("--max-old-space-size=512",)),
    ),
    phases=(Phase(1500, (Http(path="/sessions", rate=30, method="POST"), Http(path="/sessions", rate=10))),),
)
