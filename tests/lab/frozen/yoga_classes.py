"""Pupils of yoga classes hold nearly as many WebSockets as the process may open."""

from tests.lab.case import Case, Http, Label, Phase, Service, Sockets

case = Case(
    label=Label(
        rules=("websocket-capacity",),
        strategies=("websocket-scale-out", "raise-limit", "load-balance", "cluster", "autoscale"),
        forbidden=("worker-threads", "scale-down", "fix-leak", "tune-heap", "async-io", "optimise-code", "cache"),
        also=("descriptor-exhaustion",),
    ),
    reason=(
        "955 pupils hold a WebSocket each in a process that may open 1,024 descriptors and has 977 open, 95 % of "
        "them: another 47 and nobody can join a lesson any more, while the loop is 2 % busy."
    ),
    services=(Service(script="yoga_classes.js", descriptors=1024),),
    phases=(
        Phase(300, (Sockets(count=250, ramp=100, path="/class", sends=0.01), Http(path="/posture", rate=4))),
        Phase(1200, (Sockets(count=955, ramp=150, path="/class", sends=0.01), Http(path="/posture", rate=4))),
    ),
    onset=300,
    light=True,
)
