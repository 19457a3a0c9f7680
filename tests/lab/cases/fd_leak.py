"""Files are opened and never closed."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("descriptor-leak",),
        strategies=("fix-leak",),
        forbidden=("raise-limit", "cluster", "autoscale", "load-balance", "vertical", "worker-threads", "scale-down"),
        also=("descriptor-exhaustion",),
    ),
    reason=(
        "Some requests open a file that nothing closes, so descriptors only ever grow while the load stays the same."
    ),
    services=(Service(script="descriptors.js", descriptors=2048),),
    phases=(Phase(43200, (Http(path="/forget", rate=0.45), Http(path="/light", rate=10))),),
    onset=0,
    stretched=2.4,
    light=True,
)
