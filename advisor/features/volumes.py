"""How full the filesystems of a machine are."""

from __future__ import annotations

from dataclasses import dataclass

from advisor.features import stats
from advisor.features.machine import Machine
from advisor.features.snapshot import Snapshot
from advisor.vocabulary import PartKind


@dataclass(frozen=True, slots=True)
class Volume:
    """One filesystem: where it is mounted on which machine, and its bytes."""

    machine: Machine
    mount: str
    used: float
    capacity: float

    @property
    def share(self) -> float:
        """How full it is, 0 to 1."""
        return self.used / self.capacity


def fullest(snapshot: Snapshot, seconds: float) -> Volume | None:
    """The fullest filesystem of all machines that the service runs on; None where none reports its size."""
    found = [volume for machine in snapshot.machines for volume in _volumes(machine, seconds)]
    return max(found, key=lambda volume: volume.share, default=None)


def _volumes(machine: Machine, seconds: float) -> list[Volume]:
    span = machine.span(seconds)
    disks = machine.host.of_kind(PartKind.DISK)
    sizes = [(d.name, stats.latest(d.track, "used", span), stats.latest(d.track, "capacity", span)) for d in disks]
    return [Volume(machine, name, used, capacity) for name, used, capacity in sizes if used >= 0 and capacity > 0]
