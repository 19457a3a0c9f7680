"""A lighthouse keeps a file open for each ship until the watch changes, and closes all of them then."""

from tests.lab.case import SILENT, Case, Http, Phase, Service

case = Case(
    label=SILENT,
    reason=(
        "The file of each ship stays open until the watch changes, some 240 of them, and all are closed then, "
        "four times in the day: descriptors rise from 22 to 265 of 2,048 and fall back each time, as is meant."
    ),
    services=(
        Service(
            script="lighthouse_watch.js",
            knobs={"watch_s": 400},
            environment={"PAGES": "{scratch}"},
            descriptors=2048,
        ),
    ),
    phases=(
        Phase(
            86400,
            (
                Http(path="/ships", method="POST", rate=0.6),
                Http(path="/remarks/{r}", rate=6),
                Http(path="/book", rate=3),
            ),
        ),
    ),
    onset=0,
    stretched=4.8,
    live=14400,
    light=True,
)
