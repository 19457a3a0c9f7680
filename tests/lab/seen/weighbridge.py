"""A file is opened for each ticket, also for those that are not sent, and then nobody closes it."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("descriptor-leak",),
        strategies=("fix-leak",),
        forbidden=("raise-limit", "cluster", "autoscale", "load-balance", "vertical", "worker-threads", "scale-down"),
        also=("descriptor-exhaustion",),
    ),
    reason=(
        "Half a request a second opens a ticket that it then answers with 304 and never reads nor closes: from 25 "
        "descriptors they grow to some 900 of 2,048 in twelve hours while load, memory (55 MB) and CPU (1 %) stay "
        "even."
    ),
    services=(Service(script="weighbridge.js", telemetry="agent", descriptors=2048),),
    phases=(
        Phase(
            43200,
            (
                Http(path="/weigh/{r}", rate=5),
                Http(path="/tickets/{r}", rate=3),
                Http(path="/tickets/{r}?have=same", rate=0.5),
            ),
        ),
    ),
    onset=0,
    stretched=2.4,
    live=14400,
    light=True,
)
