"""The processes of windows, read as rows: a thousand models would take longer than their figures."""

from __future__ import annotations

from typing import NamedTuple

from advisor.features.window import InstanceWindow, PartWindow, Track
from advisor.fleet.models import Instance
from advisor.store.fetch import Condition, select


class Member(NamedTuple):
    """What windows tell of an instance; the names are those of its columns."""

    id: int
    service_id: int
    host_id: int | None
    pid: int
    role: str
    started_at: float | None
    script: str
    worker_id: int | None
    runtime: str
    service_version: str
    container: str

    def window(self, track: Track, parts: tuple[PartWindow, ...]) -> InstanceWindow:
        """The process with its rows."""
        return InstanceWindow(
            id=self.id,
            host_id=self.host_id,
            pid=self.pid,
            role=self.role,
            started=self.started_at,
            track=track,
            parts=parts,
            script=self.script,
            worker=self.worker_id,
            runtime=self.runtime,
            version=self.service_version,
            container=self.container,
        )


def members(where: Condition) -> list[Member]:
    """The instances, in the order of their ids."""
    return [Member(*row) for row in sorted(select(Instance._meta.db_table, Member._fields, where))]
