"""Lives of a fake machine's processes, whose descriptors and clock are set by hand."""

from __future__ import annotations

import gzip
import json
import selectors
import shutil
from typing import Any

from advisor_agent.batch import Batch
from advisor_agent.events import Events
from advisor_agent.identity import linux_host
from advisor_agent.lives import Lives
from advisor_agent.scene import Observer
from fakes.descriptors import Descriptors
from fakes.machine import Machine
from fakes.sink import attributes

NOW = 1_790_005_000_500_000_000
"""Unix nanoseconds, as the fake machine has it."""

BEGAN = 5000.5
"""The same moment in seconds since boot."""

Told = tuple[str, int, int, dict[str, Any]]


class Kept:
    """A queue that keeps what it is given."""

    def __init__(self) -> None:
        self.batches: list[Batch] = []

    def add(self, batch: Batch) -> None:
        self.batches.append(batch)


class Stage:
    """Lives of a fake machine, with a clock that is set by hand."""

    def __init__(self, machine: Machine, descriptors: Descriptors) -> None:
        self.machine, self.descriptors = machine, descriptors
        self.selector = selectors.DefaultSelector()
        self.observer = Observer(machine.kernel)
        self.host = linux_host(machine.kernel)
        self.spool = Kept()
        self.events = Events(self.spool)
        self.most_held = 10
        self.now = NOW
        self._lives: Lives | None = None

    @property
    def lives(self) -> Lives:
        if self._lives is None:
            self._lives = Lives(self.observer, self.host, self.events, self.selector, self.most_held)
        return self._lives

    @property
    def held(self) -> int:
        """Descriptors that are waited for."""
        return len(self.selector.get_map())

    def scan(self) -> None:
        self.observer.look()
        self.lives.follow()

    def serve(self) -> None:
        """Whatever is ready now."""
        for key, ready in self.selector.select(0):
            key.data(ready)

    def gone(self, pid: int) -> None:
        """The kernel no longer shows a process."""
        shutil.rmtree(self.machine.root / f"proc/{pid}")

    def heard(self) -> list[dict[str, Any]]:
        """The resources of all events since the last time."""
        self.events.flush()
        batches, self.spool.batches = self.spool.batches, []
        return [found for batch in batches for found in json.loads(gzip.decompress(batch.body))["resourceLogs"]]

    def told(self) -> list[Told]:
        """(name, pid, Unix nanoseconds, attributes) of all events since the last time."""
        return [_told(found) for found in self.heard()]

    def close(self) -> None:
        self.lives.close()
        self.descriptors.close()
        self.selector.close()


def _told(resource: dict[str, Any]) -> Told:
    record = resource["scopeLogs"][0]["logRecords"][0]
    said = {pair["key"]: next(iter(pair["value"].values())) for pair in record["attributes"]}
    return record["eventName"], int(attributes(resource)["process.pid"]), int(record["timeUnixNano"]), said
