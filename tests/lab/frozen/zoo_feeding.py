"""A zoo's server opens a photograph for each HEAD request and never closes it."""

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("descriptor-leak",),
        strategies=("fix-leak",),
        forbidden=(
            "raise-limit",
            "cluster",
            "autoscale",
            "load-balance",
            "vertical",
            "worker-threads",
            "scale-down",
            "tune-heap",
        ),
    ),
    reason=(
        "Each HEAD request for a photograph opens the file and never closes it: one descriptor in three seconds, "
        "from 26 to more than 600 in the day, at the same load and with the loop 2 % busy; nothing takes them "
        "back."
    ),
    services=(Service(script="zoo_feeding.js", environment={"PHOTOS": "{scratch}"}, descriptors=4096),),
    phases=(
        Phase(
            86400,
            (
                Http(path="/photos/{r}", method="HEAD", rate=0.35),
                Http(path="/photos/{r}", rate=4),
                Http(path="/plans/{r}", rate=8),
            ),
        ),
    ),
    onset=0,
    stretched=4.8,
    live=14400,
    light=True,
)
