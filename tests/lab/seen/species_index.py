"""Visitors who look for specimens by a part of the name."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("datastore-read-bound",),
        strategies=("tune-datastore", "cache", "read-replica", "optimise-code", "vertical"),
        forbidden=("cluster", "worker-threads", "autoscale", "load-balance", "scale-down", "fix-leak", "raise-limit"),
        also=("downstream-bound", "host-cpu-saturated"),
    ),
    reason=(
        "No index serves a part of a name, so each search reads the whole table for 130 ms of a processor, and 22 "
        "a second are asked where the database's two cores do 15: they are used up, searches take 4.5 s instead "
        "of 0.14 and other reads 4 s instead of 2 ms, and a quarter is refused, while the service's loop is 9 % "
        "busy."
    ),
    services=(Service(script="species_index.js", environment={"DATABASE_URL": "{postgresql}"}),),
    phases=(
        Phase(300, (Http(path="/specimens/{r}", rate=30), Http(path="/specimens?part={r}", rate=1))),
        Phase(2400, (Http(path="/specimens/{r}", rate=30), Http(path="/specimens?part={r}", rate=22))),
    ),
    onset=300,
)
