"""The locksmiths' rota came in a new format, and each refresh of it ends the process."""

from tests.lab.case import Case, Http, Label, Phase, Service

FLOWS = (Http(path="/nearest/{r}", rate=12),)

case = Case(
    label=Label(
        rules=("crash-loop",),
        strategies=("fix-crash",),
        forbidden=(
            "cluster",
            "autoscale",
            "load-balance",
            "vertical",
            "worker-threads",
            "scale-down",
            "tune-heap",
            "raise-limit",
            "graceful-shutdown",
        ),
    ),
    reason=(
        "With the new format one locksmith has no shift, what the refresh of the rota throws is caught by nobody, "
        "and the process ends with 1 five seconds after each start, some twenty times in two minutes, and "
        "requests are lost each time; more processes would end just so."
    ),
    services=(Service(script="locksmiths.js", telemetry="pm2", revive=True),),
    phases=(Phase(300, FLOWS), Phase(1200, FLOWS, knobs={"format": 2})),
    onset=300,
    light=True,
)
