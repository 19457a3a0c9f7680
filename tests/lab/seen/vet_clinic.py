"""A vet's cluster of three renews its workers one by one."""

from __future__ import annotations

from tests.lab.case import SILENT, Case, Http, Phase, Service

case = Case(
    label=SILENT,
    reason=(
        "Each of three workers ends in order and with code 0 after some 340 requests, about a minute, when it has "
        "answered what it had, the others serve on, and no request is lost or slow; no worker has grown, and each "
        "is 1 to 2 % busy."
    ),
    services=(Service(script="vet.js", workers=3),),
    phases=(
        Phase(
            2400,
            (
                Http(path="/animals/{r}", rate=12, fresh=True),
                Http(path="/pictures/{r}", rate=4, fresh=True),
            ),
        ),
    ),
    light=True,
)
