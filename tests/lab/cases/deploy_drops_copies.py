"""Each deploy breaks the requests under way."""

from __future__ import annotations

from dataclasses import replace

from tests.lab.case import Http, Phase, Service
from tests.lab.cases.deploy_drops import case as base

case = replace(
    base,
    label=replace(base.label, forbidden=("cluster", *base.label.forbidden)),
    services=(Service(script="leaving.js", knobs={"wait_ms": 600}, copies=2),),
    phases=(
        Phase(300, (Http(path="/order", rate=90),)),
        Phase(2400, (Http(path="/order", rate=90),), deploys=4),
    ),
)
