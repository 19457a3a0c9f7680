"""Timesheets of all sites on a Friday afternoon."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("datastore-write-bound",),
        strategies=("tune-datastore", "optimise-code", "vertical", "shard"),
        forbidden=("worker-threads", "read-replica", "cache", "scale-down", "fix-leak", "tune-heap"),
        also=("downstream-bound",),
    ),
    reason=(
        "Each of ten lines is a commit of its own and waits 20 ms for the log's flush, so eight sessions that do "
        "nothing but wait for it write 370 lines a second where 480 come: a sheet takes 4.2 s instead of 0.2, and "
        "a quarter is refused after 4 s without a session, while the loop is 9 % busy and the processors idle."
    ),
    services=(Service(script="timesheets.js", environment={"DATABASE_URL": "{postgresql}"}),),
    phases=(
        Phase(300, (Http(path="/sheets/{n}", method="POST", rate=5),)),
        Phase(2400, (Http(path="/sheets/{n}", method="POST", rate=48),)),
    ),
    onset=300,
)
