"""A karaoke bar's singers listen into songs, and on a Saturday more of them do."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("descriptor-exhaustion",),
        strategies=("raise-limit", "optimise-code", "load-balance", "cluster"),
        forbidden=("vertical", "worker-threads", "scale-down", "fix-leak", "tune-heap", "read-replica", "async-io"),
    ),
    reason=(
        "Each preview holds twelve files open for 2 s, so ten a second would need some 290 descriptors where the "
        "limit is 256: a quarter of the previews fails for want of one, all are closed again, and the processor "
        "is 4 % busy."
    ),
    services=(Service(script="karaoke.js", telemetry="agent", descriptors=256),),
    phases=(
        Phase(300, (Http(path="/preview/{r}", rate=1.5), Http(path="/songs", rate=2))),
        Phase(1500, (Http(path="/preview/{r}", rate=10), Http(path="/songs", rate=4))),
    ),
    onset=300,
    light=True,
)
