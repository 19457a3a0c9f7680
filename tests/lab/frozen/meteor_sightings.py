"""Searches for a word read all reports of meteors, and more of them come than the database can read."""

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("datastore-read-bound",),
        strategies=("tune-datastore", "cache", "read-replica"),
        forbidden=(
            "cluster",
            "autoscale",
            "load-balance",
            "worker-threads",
            "scale-down",
            "fix-leak",
            "websocket-scale-out",
            "tune-heap",
        ),
        also=("downstream-bound", "host-cpu-saturated"),
    ),
    reason=(
        "Each search reads all 640,000 reports, as nothing indexes their words, which takes a core 90 ms, so 18 "
        "of them a second are all that two cores can do: searches take 0.6 s at the median and 1.8 at p95, 2 ms "
        "finds become 11 ms, and more sessions are active than there are cores while the loop is 3 % busy."
    ),
    services=(Service(script="meteor_sightings.js", knobs={"pool": 20}, environment={"DATABASE_URL": "{postgresql}"}),),
    phases=(
        Phase(300, (Http(path="/sightings/{r}", rate=12),)),
        Phase(2400, (Http(path="/sightings/{r}", rate=6), Http(path="/search/{r}", rate=18))),
    ),
    onset=300,
    settle=600,
)
