"""Quotes for travels in the week when holidays are booked."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("downstream-bound",),
        strategies=("tune-datastore", "raise-limit", "cache"),
        forbidden=("worker-threads", "vertical", "scale-down", "fix-leak", "tune-heap"),
    ),
    reason=(
        "Two connections to the underwriter, who needs 90 ms, carry 22 questions a second and 28 are asked, so "
        "quotes wait for a connection for seconds (p50 5.3 s instead of 0.09 s) and half of the clients give up "
        "after 10 s, while the loop is 5 % busy and the underwriter could answer more."
    ),
    services=(
        Service(
            script="travel_insurance.js",
            telemetry="sdk",
            environment={"UNDERWRITER_URL": "http://127.0.0.1:{port:underwriter}"},
        ),
        Service(script="travel_partner.js", name="underwriter", telemetry="agent"),
    ),
    phases=(
        Phase(300, (Http(path="/quote?trip={n}", rate=7),)),
        Phase(900, (Http(path="/quote?trip={n}", rate=28),)),
    ),
    onset=300,
    light=True,
)
