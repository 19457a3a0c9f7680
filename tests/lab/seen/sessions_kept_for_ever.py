"""A session store in memory never forgets a session."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("memory-leak", "memory-pressure"),
        strategies=("fix-leak",),
        forbidden=("cluster", "worker-threads", "load-balance", "autoscale", "scale-down", "read-replica"),
        also=("memory-pressure",),
    ),
    reason=(
        "Every login adds a session that nothing ever removes, at an even rate, so the heap grows in a "
        "straight line for four hours and would reach its limit before the day is over."
    ),
    services=(Service(script="sessions.js", environment={"EACH": "700"}, node=("--max-old-space-size=512",)),),
    phases=(Phase(14_400, (Http(path="/sessions", rate=25, method="POST"), Http(path="/sessions", rate=10))),),
    stretched=14.4,
    live=600,
)
