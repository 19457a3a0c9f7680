"""Orchestras that open their scores at the same hour."""

from __future__ import annotations

from tests.lab.case import Case, Http, Label, Phase, Service

case = Case(
    label=Label(
        rules=("thread-pool-saturated",),
        strategies=("async-io", "cache", "static-offload", "cluster", "load-balance", "autoscale"),
        forbidden=("worker-threads", "vertical", "scale-down", "fix-leak", "tune-datastore"),
        also=("downstream-bound",),
    ),
    reason=(
        "Each page holds one of libuv's four threads for 150 ms on average while the network storage answers, so "
        "27 pages a second can be read and 32 are asked for: the wait grows to 9 s at p95, most readers give up "
        "at 10 s, and the loop is 3 % busy."
    ),
    services=(Service(script="sheet_music.js"),),
    phases=(
        Phase(300, (Http(path="/works/{r}/pages/1", rate=5), Http(path="/works", rate=5))),
        Phase(900, (Http(path="/works/{r}/pages/1", rate=32), Http(path="/works", rate=5))),
    ),
    onset=300,
    light=True,
)
