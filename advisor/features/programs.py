"""The programs of one service: an API and the worker of its queue come in one package, and share no work."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import replace
from typing import NamedTuple

from advisor.features.impact import nobody_waits
from advisor.features.memo import remembered
from advisor.features.snapshot import Snapshot
from advisor.features.window import InstanceWindow, ServiceWindow


class Program(NamedTuple):
    """The file name of a script, empty where the service has one alone, and the service as if it had no other."""

    name: str
    snapshot: Snapshot

    @property
    def words(self) -> str:
        """What a claim says behind the word for its processes or loops, such as ` of api.js`; empty for a lone one."""
        return f" of {self.name}" if self.name else ""

    @property
    def ids(self) -> tuple[int, ...]:
        """Ids of its processes (instances); empty where they are all."""
        return tuple(process.instance.id for process in self.snapshot.processes) if self.name else ()


def programs(snapshot: Snapshot) -> tuple[Program, ...]:
    """The programs that serve, each with its past; one at least."""
    return _several(snapshot) or (Program("", snapshot),)


def busiest(snapshot: Snapshot, seconds: float) -> Program:
    """The program whose loops are busiest over the last (scaled) seconds; of those with users, where one has any."""
    used = _used(snapshot, seconds)
    if len(used) == 1:
        return used[0]
    return max(used, key=lambda program: (program.snapshot.loop(seconds) >= 0, program.snapshot.loop(seconds)))


def with_users(snapshot: Snapshot, seconds: float) -> Snapshot:
    """The service without programs that nobody waits for, as these (scaled) seconds tell; itself where all are so."""
    used = _used(snapshot, seconds)
    if len(used) == len(programs(snapshot)):
        return snapshot
    return part(snapshot, [number for program in used for number in program.ids])


def part(snapshot: Snapshot, instances: Collection[int]) -> Snapshot:
    """The service as if it had these processes alone (ids of instances). Of a part the busiest hours are not known."""
    kept = tuple(one for one in snapshot.window.instances if one.id in instances)
    return replace(snapshot, window=replace(snapshot.window, instances=kept, busiest=math.nan))


def _used(snapshot: Snapshot, seconds: float) -> tuple[Program, ...]:
    found = programs(snapshot)
    used = found[1:] and tuple(program for program in found if not nobody_waits(program.snapshot, seconds))
    return used or found


@remembered
def _several(snapshot: Snapshot) -> tuple[Program, ...]:
    names = sorted({_script(process.instance) for process in snapshot.processes} - {""})  # not told yet, of a young one
    if len(names) < 2:
        return ()
    return tuple(Program(name, replace(snapshot, window=_running(snapshot.window, name))) for name in names)


def _script(instance: InstanceWindow) -> str:
    """The folder of a release changes, the program does not."""
    return instance.script.rpartition("/")[2]


def _running(window: ServiceWindow, name: str) -> ServiceWindow:
    kept = tuple(one for one in window.instances if _script(one) == name)
    recalled = {rule: _running(past, name) for rule, past in window.recalled.items()}
    return replace(window, instances=kept, recalled=recalled, busiest=math.nan)
