"""A sawmill's thread seeks better plans on most of a core, all day, while the loop that answers idles."""

from tests.lab.case import SILENT, Case, Http, Phase, Service

case = Case(
    label=SILENT,
    reason=(
        "A thread that seeks plans for ever is meant to fill a core, and does so to 92 %, but the loop that "
        "answers is 3 % busy, the other core is free, and all requests are answered within 5 ms at p99."
    ),
    services=(Service(script="sawmill_cuts.js"),),
    phases=(
        Phase(1380, (Http(path="/plans/{r}", rate=20), Http(path="/orders/{n}", method="POST", body=100, rate=4))),
    ),
)
