"""A balancer that remembers its guests sends most of them to one copy."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("uneven-load",),
        strategies=("rebalance", "load-balance"),
        forbidden=(
            "cluster",
            "autoscale",
            "vertical",
            "scale-down",
            "shard",
            "fix-leak",
            "worker-threads",
            "raise-limit",
        ),
    ),
    reason=(
        "One copy gets 100 of 126 prices a second and is more than 60 % busy with answers that wait, the two others "
        "are below 10 %."
    ),
    services=(Service(script="campsite.js", copies=3),),
    phases=(
        Phase(300, (Http(path="/pitches/{r}/price", rate=45), Http(path="/stays", rate=3, method="POST", body=60))),
        Phase(
            1200,
            (
                Http(path="/pitches/{r}/price", rate=100, copy=0),
                Http(path="/pitches/{r}/price", rate=14, copy=1),
                Http(path="/pitches/{r}/price", rate=12, copy=2),
                Http(path="/stays", rate=3, method="POST", body=60),
            ),
        ),
    ),
    onset=300,
)
