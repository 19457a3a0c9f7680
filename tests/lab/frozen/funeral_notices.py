"""An archive of notices is loaded that leaves the heap of the process hardly any room."""

from tests.lab.case import Case, Http, Label, Phase, Service

FLOWS = (Http(path="/search/{n}", rate=14), Http(path="/count", rate=3))

case = Case(
    label=Label(
        rules=("memory-pressure",),
        strategies=("tune-heap", "vertical", "optimise-code", "decompose", "stream-paginate", "shard"),
        forbidden=("cluster", "worker-threads", "scale-down", "fix-leak", "websocket-scale-out", "graceful-shutdown"),
        also=("gc-pressure",),
    ),
    reason=(
        "The archive is loaded once and then held: 235 MB of the 268 MB that this heap may have are in use for "
        "good, 88 % of it (61 MB before), and nothing grows any more; the next somewhat larger archive ends the "
        "process, while the loop is 2 % busy and the machine has memory to spare."
    ),
    services=(
        Service(
            script="funeral_notices.js",
            knobs={"notices": 60000},
            node=("--max-old-space-size=256", "--max-semi-space-size=4"),
        ),
    ),
    phases=(
        Phase(300, FLOWS),
        Phase(1200, FLOWS, knobs={"notices": 236000}),
    ),
    onset=300,
    light=True,
)
