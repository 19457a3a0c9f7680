"""The compiled reader of exports, and what it is told of meanings. Its source is in `advisor.ingest.scan`.

It reads a body in one pass, straight into the numbers of rows, where each point is as nearly all are: its metric and
its attributes came before, it has a value that can be true, and all points of its resource have one time. Whatever is
otherwise is left to Python: a metric with an odd point, a resource with points of several times, or the whole body.
So everything has one meaning, and a test compares both on bodies of every kind.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from msgspec import Raw

from advisor.features.buckets import MAX_SCALE
from advisor.features.compiled import load
from advisor.features.histogram import MAX_BUCKETS, WIRE_SCALES
from advisor.ingest import limits
from advisor.ingest.meaning import CACHED, CACHED_BYTES, KNOWN, Meaning, Meanings, Target
from advisor.ingest.steps import Steps
from advisor.vocabulary import Entity, Facet, Kind, columns_of

if TYPE_CHECKING:
    from advisor.ingest import _scan

_LEVEL, _COUNTER, _HISTOGRAM = range(3)
_KINDS: Final = {Kind.COUNTER: _COUNTER, Kind.HISTOGRAM: _HISTOGRAM}
_FACETS: Final = (Facet.COUNT, Facet.SUM, Facet.MAX, Facet.ERRORS, Facet.VALUE)
"""In the order of the scanner's own."""

_AT_ONCE: Final = 10
"""Attributes that are looked up before others have their turn: 0.2 ms, as long as an ordinary export is read."""


def scanner() -> _scan.Scanner | None:
    """One that knows nothing yet; None where it could not be compiled on this machine."""
    if (compiled := load("advisor.ingest._scan")) is None:
        return None
    known = frozenset(name.encode() for name in KNOWN)
    scales = min(WIRE_SCALES), MAX_SCALE
    seed = secrets.randbits(64)  # nobody outside can make names that fall into one place of its table
    sizes = MAX_BUCKETS, float(limits.PAST_SECONDS), limits.MESSAGES, limits.BUCKET_BYTES
    listening = columns_of(Entity.PROCESS).index("listening")
    columns = tuple(len(columns_of(entity)) for entity in (Entity.PROCESS, Entity.HOST, Entity.PART))
    made: _scan.Scanner = compiled.Scanner(known, CACHED // 2, seed, scales, *sizes, columns, listening)
    return made


def teach(
    scanner: _scan.Scanner, meanings: Meanings, unknown: Sequence[_scan.Unknown], as_json: Callable[[bytes], Raw]
) -> Steps[None]:
    """Tell it what metrics and attributes mean that it met for the first time; others may have their turn in between.

    What cannot be read stays unknown: who reads it finds out why. `as_json` gives the JSON of attributes, as `Meanings`
    reads them, and raises ValueError.
    """
    for place, (name, attributes) in enumerate(unknown, 1):
        if len(attributes) > CACHED_BYTES:
            continue
        try:
            meaning = meanings.look_up(name.decode(), as_json(attributes))
        except ValueError:
            continue
        scanner.learn(name, attributes, None if meaning is None else _told(meaning))
        if place % _AT_ONCE == 0:
            yield


def _told(meaning: Meaning) -> _scan.Told:
    kind, targets = _KINDS.get(meaning.kind, _LEVEL), tuple(_target(target) for target in meaning.targets)
    return kind, meaning.factor, meaning.limit, meaning.is_ratio, meaning.failed, targets, meaning.whole


def _target(target: Target) -> _scan.Target:
    is_host, facet = target.entity is Entity.HOST, _FACETS.index(target.facet)
    return columns_of(target.entity).index(target.column), target.place, is_host, target.largest_wins, facet
