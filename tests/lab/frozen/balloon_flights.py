"""Quotes for balloon flights wait for four connections to a weather service that became slower."""

from tests.lab.case import Case, Http, Label, Phase, Service

FLOWS = (Http(path="/quotes/{r}", rate=23), Http(path="/meadows/{r}", rate=3))

case = Case(
    label=Label(
        rules=("downstream-bound",),
        strategies=("raise-limit", "cache", "tune-datastore"),
        forbidden=(
            "vertical",
            "worker-threads",
            "scale-down",
            "shard",
            "fix-leak",
            "tune-heap",
            "async-io",
            "static-offload",
        ),
    ),
    reason=(
        "The weather service answers in 170 ms instead of 40, so four connections carry 23.5 quotes a second at "
        "most and 23 are asked for: a quote takes 0.5 to 1 s at the median instead of 0.03, most of it spent "
        "waiting for a connection, while the loop is 5 % busy; the service itself would take more at once."
    ),
    services=(
        Service(
            script="balloon_flights.js",
            environment={"WEATHER": "http://127.0.0.1:{port:weather}"},
            telemetry="sdk",
        ),
        Service(script="dependency.js", name="weather", knobs={"wait_ms": 40, "spread": True}),
    ),
    phases=(
        Phase(300, FLOWS),
        Phase(1200, FLOWS, others={"weather": {"wait_ms": 170}}),
    ),
    onset=300,
    light=True,
)
