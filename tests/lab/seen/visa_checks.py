"""Checks of travellers while the ministry's registers are busy, and releases go on."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("downstream-bound", "dropped-at-deploy"),
        strategies=("cache", "async-io", "decompose", "tune-datastore", "graceful-shutdown", "optimise-code"),
        forbidden=("vertical", "worker-threads", "scale-down", "fix-leak", "tune-heap", "cluster"),
        second=("dropped-at-deploy",),
    ),
    reason=(
        "The ministry's registers take 500 ms instead of 30, three in a row, so a check takes 1.5 s instead of "
        "0.09 s while the loop is 5 % busy; besides, nothing handles SIGTERM, and four deploys break 137 checks "
        "of 4,692."
    ),
    services=(
        Service(script="visa_checks.js", environment={"MINISTRY_URL": "http://127.0.0.1:{port:ministry}"}),
        Service(script="travel_partner.js", name="ministry", telemetry="agent", knobs={"wait_ms": 30}),
    ),
    phases=(
        Phase(300, (Http(path="/check?traveller={n}", rate=20),)),
        Phase(
            2400,
            (Http(path="/check?traveller={n}", rate=20),),
            deploys=4,
            others={"ministry": {"wait_ms": 500}},
        ),
    ),
    onset=300,
    light=True,
)
