"""Tables of a whole season on the last day of play."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("gc-pressure",),
        strategies=("optimise-code", "tune-heap", "cache", "stream-paginate"),
        forbidden=("scale-down", "fix-leak", "raise-limit", "tune-datastore", "read-replica", "async-io"),
    ),
    reason=(
        "Each request copies the table 450 times and the last 60 histories live on, so collecting garbage takes "
        "26 % of the time, half of what the loop works (54 %), with pauses up to 130 ms, and p95 goes from 5 to "
        "70 ms."
    ),
    services=(
        Service(
            script="league_table.js",
            telemetry="prom",
            knobs={"matches": 60, "kept": 60},
            node=("--max-semi-space-size=2", "--max-old-space-size=512"),
        ),
    ),
    phases=(
        Phase(300, (Http(path="/leagues/{r}/table", rate=20),)),
        Phase(900, (Http(path="/leagues/{r}/table", rate=80),), knobs={"matches": 450}),
    ),
    onset=300,
)
