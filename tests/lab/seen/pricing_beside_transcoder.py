"""Three neighbours pack films with two threads each on a host of two cores."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("host-cpu-saturated",),
        strategies=("relieve-host", "vertical", "load-balance"),
        forbidden=(
            "cluster",
            "worker-threads",
            "scale-down",
            "fix-leak",
            "raise-limit",
            "tune-heap",
            "shard",
            "read-replica",
            "tune-datastore",
        ),
        also=("event-loop-saturated",),
    ),
    reason=(
        "Transcoders that know nothing of this service ask for three times what the host has, so quotes that "
        "need half a core wait for the scheduler."
    ),
    services=(
        Service(script="pricing.js"),
        Service(script="transcoder.js", name="news", telemetry="agent"),
        Service(script="transcoder.js", name="films", telemetry="agent"),
        Service(script="transcoder.js", name="sports", telemetry="agent"),
    ),
    phases=(
        Phase(300, (Http(path="/quotes/{r}", rate=95),)),
        Phase(
            900,
            (Http(path="/quotes/{r}", rate=95),),
            others={"news": {"films": 2}, "films": {"films": 2}, "sports": {"films": 2}},
        ),
    ),
    onset=300,
    settle=240,
)
