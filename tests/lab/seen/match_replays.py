"""Replays of matches that are made anew for each viewer."""

from __future__ import annotations

from tests.lab.case import SILENT, Case, Http, Phase, Service

case = Case(
    label=SILENT,
    reason=(
        "Frames are made anew for each viewer and dropped a fifth of a second later, so collecting garbage takes "
        "5 % of the time, but the heap stays near 40 of 512 MB, the loop is 17 % busy, and p95 is 212 ms, of "
        "which 200 are a wait by design."
    ),
    services=(
        Service(
            script="match_replays.js",
            knobs={"frames": 1000},
            node=("--max-old-space-size=512", "--max-semi-space-size=32"),
        ),
    ),
    phases=(Phase(1200, (Http(path="/matches/{r}/replay", rate=45),)),),
)
