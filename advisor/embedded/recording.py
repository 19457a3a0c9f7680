"""Reads a recording of OTLP into the database at hand, as if each export had arrived when it was sent.

A recording is a text file with an export a line, `resourceMetrics` or `resourceLogs` in OTLP/JSON, as the file exporter
of the OpenTelemetry Collector writes it; a name that ends in `.gz` is unpacked.
"""

from __future__ import annotations

import gzip
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from advisor.engine import spans
from advisor.features.window import ServiceWindow
from advisor.fleet import tokens
from advisor.fleet.models import Service, Token
from advisor.ingest.answers import Refusal
from advisor.ingest.batch import Batch
from advisor.ingest.commit import Committer
from advisor.ingest.hints import Hints
from advisor.ingest.pivot import Pivot
from advisor.ingest.signals import AnySignal, signals
from advisor.ingest.steps import finish
from advisor.store import samples

_GROUP = 50
"""Exports that one transaction stores."""

_TIME = re.compile(rb'"(?:timeUnixNano|observedTimeUnixNano)"\s*:\s*"?(\d{10,20})')


class Unreadable(ValueError):
    """A line that is no export; the text says which line, and what is wrong with it."""


@dataclass(slots=True)
class Taken:
    """What came of a recording: exports stored, points turned away by reason, and its first and last moment."""

    exports: int = 0
    turned_away: Counter[str] = field(default_factory=Counter)
    start: float = float("inf")
    end: float = float("-inf")


def take(path: Path) -> Taken:
    """Store a whole recording.

    Raises:
        Unreadable: a line that is no export of OTLP/JSON.
        OSError: the file cannot be read.
    """
    taken, token = Taken(), tokens.make(Token.Kind.API)[0]
    commit, read = Committer(Hints(lambda services, hosts: None)), signals(Pivot())
    group: list[Batch] = []
    for number, line in _lines(path):
        group.append(_batch(number, line, token, read, taken))
        if len(group) == _GROUP:
            _store(commit, group, taken)
            group = []
    _store(commit, group, taken)
    return taken


def windows(taken: Taken, time_scale: float) -> list[ServiceWindow]:
    """Each service over the whole recording, by name."""
    ids = list(Service.objects.values_list("pk", flat=True))
    since = taken.start - spans.lives_seconds(time_scale)
    found = samples.windows(ids, taken.start, taken.end, since)
    return sorted(found.values(), key=lambda window: window.name)


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                yield number, line


def _batch(number: int, line: bytes, token: Token, read: Mapping[str, AnySignal], taken: Taken) -> Batch:
    moments = [int(nanos) / 1e9 for nanos in _TIME.findall(line)]
    if not moments:
        raise Unreadable(f"Line {number} holds no time (timeUnixNano): it is no export of OTLP/JSON.")
    received = max(moments)
    signal = read["/v1/logs" if b'"resourceLogs"' in line else "/v1/metrics"]
    try:
        pivoted = finish(signal.read(line, b"application/json", received, lambda host: 0.0))
    except Refusal as refusal:
        raise Unreadable(f"Line {number}: {refusal.message}") from None
    except ValueError as error:
        raise Unreadable(f"Line {number}: a resource's attributes cannot be read: {error}") from None
    taken.start, taken.end = min(taken.start, *moments), max(taken.end, received)
    return Batch(pivoted, token, None, received)


def _store(commit: Committer, group: list[Batch], taken: Taken) -> None:
    for outcome in commit(group) if group else ():
        if isinstance(outcome, Refusal):
            raise Unreadable(outcome.message)
        taken.exports += 1
        taken.turned_away.update(outcome.rejected)
