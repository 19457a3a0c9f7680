"""Which code holds a loop, as the events of its processes tell: the functions that blocked it or filled it."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath

from advisor.features.snapshot import Snapshot
from advisor.features.window import Happening
from advisor.vocabulary.events import BLOCKED, PROFILED, Cause

NAMELESS = "(anonymous)"
"""What Node.js calls a function without a name."""


@dataclass(frozen=True, slots=True)
class Place:
    """A function and the line at which it stood.

    Attributes:
        function: its name; empty where it has none.
        file: full path.
        line: from 1; None where it is not known.
        share: of the time of all blocks that were told of, or of the samples of all profiles, 0 to 1.
    """

    function: str
    file: str
    line: int | None
    share: float

    @property
    def words(self) -> str:
        """What people call it, with the last part of its path: render (report.js:42)."""
        where = _at(PurePath(self.file).name, self.line)
        return f"{self.function} ({where})" if self.function else f"a function without a name ({where})"

    @property
    def where(self) -> str:
        """Its full path and line."""
        return _at(self.file, self.line)


def blockers(snapshot: Snapshot, seconds: float, instance_id: int | None = None) -> tuple[Place, ...]:
    """The code that blocked the loops of the service or of one process, most time first.

    Events name a block from 200 ms on, and not each of many: shares are those of what was told.
    """
    blocks = _events(snapshot, BLOCKED.name, seconds, instance_id)
    whole = sum(event.duration or 0.0 for event in blocks)
    return _places((event for event in blocks if event.cause == Cause.CODE), "duration", whole)


def collected(snapshot: Snapshot, seconds: float, instance_id: int | None = None) -> float:
    """The share of the time of told blocks that garbage collection made, 0 to 1; NaN where none was told of."""
    blocks = _events(snapshot, BLOCKED.name, seconds, instance_id)
    whole = sum(event.duration or 0.0 for event in blocks)
    mine = sum(event.duration or 0.0 for event in blocks if event.cause == Cause.GARBAGE_COLLECTION)
    return mine / whole if whole else math.nan


def profiled(snapshot: Snapshot, seconds: float, instance_id: int | None = None) -> tuple[Place, ...]:
    """The functions in which busy loops spend their time by samples, the dearest first."""
    samples = _events(snapshot, PROFILED.name, seconds, instance_id)
    profiles = len({(event.instance_id, event.at) for event in samples})
    return _places(samples, "share", float(profiles))


def _events(snapshot: Snapshot, name: str, seconds: float, instance_id: int | None) -> list[Happening]:
    found = snapshot.happened(name, seconds)
    return [event for event in found if instance_id is None or event.instance_id == instance_id]


def _places(told: Iterable[Happening], weight: str, whole: float) -> tuple[Place, ...]:
    found: dict[tuple[str, str, int | None], float] = defaultdict(float)
    for event in told:
        if event.file:
            name = "" if event.function == NAMELESS else event.function
            found[_plain(name), _plain(event.file), event.line] += getattr(event, weight) or 0.0
    places = [Place(*key, min(1.0, amount / whole)) for key, amount in found.items() if whole]
    return tuple(sorted(places, key=lambda place: -place.share))


def _plain(text: str) -> str:
    """Names of foreign code go into sentences and into comments of snippets: one line, nothing that ends a comment."""
    return " ".join(text.replace("*/", "* /").split())


def _at(file: str, line: int | None) -> str:
    return file if line is None else f"{file}:{line}"
