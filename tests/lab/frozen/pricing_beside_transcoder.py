"""A neighbour packs films with five threads on a host of two cores."""

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
    ),
    reason=(
        "A transcoder that knows nothing of this service takes all that is left of both cores, so quotes that "
        "need half a core wait for the scheduler."
    ),
    services=(
        Service(script="pricing.js"),
        Service(script="transcoder.js", name="transcoder", telemetry="agent"),
    ),
    phases=(
        Phase(300, (Http(path="/quotes/{r}", rate=80),)),
        Phase(900, (Http(path="/quotes/{r}", rate=80),), others={"transcoder": {"films": 5}}),
    ),
    onset=300,
    settle=240,
)
