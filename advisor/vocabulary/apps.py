"""Metrics of what a supervisor of processes tells of its apps: those it gave up have no process that could report."""

from __future__ import annotations

from functools import partial

from advisor.vocabulary.column import Column, Entity, Kind, PartKind

_APP = "advisor.pm2.app"
_STARTING = ("launching", "waiting restart", "stopping")

_app = partial(Column, Entity.PART, part=PartKind.APP, named_by=(f"{_APP}.name",))

APPS = (
    *(
        _app(name, f"{_APP}.process.count", "{process}", Kind.GAUGE, brief, {"advisor.pm2.process.status": statuses})
        for name, brief, statuses in (
            ("active", "Online", ("online",)),
            ("pending", "Starting, stopping or waiting to be restarted", _STARTING),
            ("unused", "Stopped", ("stopped",)),
            ("errored", "Given up after too many restarts", ("errored",)),
        )
    ),
    _app("restarts", f"{_APP}.restart.count", "{restart}", Kind.GAUGE, "Restarts of its processes"),
)
