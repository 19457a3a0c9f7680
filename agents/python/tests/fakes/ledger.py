"""What the agent promised to keep, beside what arrived: the judge of the fault tests."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple


class Findings(NamedTuple):
    """What is wrong: batch ids, and for `doubled` samples. All are empty where every promise was kept."""

    lost: set[str]
    """Taken, and never stored."""
    phantom: set[str]
    """Stored with a body that nobody ever offered under this id."""
    doubled: set[str]
    """Samples (series and time) that were stored under two ids: the server cannot know those again."""


NOTHING = Findings(set(), set(), set())


class Ledger:
    """A batch is offered before the agent can have it, and taken once the agent says so: 200 to a probe, or spooled."""

    def __init__(self) -> None:
        self._offered: dict[str, set[str]] = defaultdict(set)
        self.taken: dict[str, None] = {}
        """In the order in which they were taken."""

    def offer(self, batch_id: str, body: bytes) -> None:
        self._offered[batch_id].add(digest(body))

    def take(self, batch_id: str) -> None:
        self.taken.setdefault(batch_id)

    def read(self, journal: Path) -> None:
        """What the agent's own witness wrote; a line that is torn at the end was never written."""
        for line in journal.read_text().splitlines(keepends=True):
            word, batch_id, body_digest = [*line.split(" "), "", ""][:3]
            if line.endswith("\n") and word == "offered":
                self._offered[batch_id].add(body_digest.strip())
            elif line.endswith("\n"):
                self.take(batch_id.strip())

    def findings(self, stored: list[tuple[str, bytes]]) -> Findings:
        """Judge what a sink stored: ids and inflated bodies, one for each id that it did not know yet."""
        ids_of = defaultdict(set)
        for batch_id, body in stored:
            for sample in samples(body):
                ids_of[sample].add(batch_id)
        return Findings(
            self.taken.keys() - {batch_id for batch_id, _ in stored},
            {batch_id for batch_id, body in stored if digest(body) not in self._offered[batch_id]},
            {sample for sample, ids in ids_of.items() if len(ids) > 1},
        )


def digest(body: bytes) -> str:
    return hashlib.sha256(inflated(body)).hexdigest()


def inflated(body: bytes) -> bytes:
    return gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body


def samples(body: bytes) -> Iterator[str]:
    """The identity of every data point and event: its resource, metric or record, attributes and time.

    Events are there where another Node.js on this machine ends while the agent looks.
    """
    told = json.loads(body)
    for resource in told.get("resourceMetrics", ()):
        who = json.dumps(resource["resource"]["attributes"])
        for metric in (metric for scope in resource["scopeMetrics"] for metric in scope["metrics"]):
            for point in (metric.get("sum") or metric["gauge"])["dataPoints"]:
                yield f"{who} {metric['name']} {point.get('attributes')} {point['timeUnixNano']}"
    for resource in told.get("resourceLogs", ()):
        who = json.dumps(resource["resource"]["attributes"])
        for record in (record for scope in resource["scopeLogs"] for record in scope["logRecords"]):
            yield f"{who} {json.dumps(record)}"
