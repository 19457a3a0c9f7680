"""What held up the event loop: blocks by the place that made them, and the functions that a profile names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from advisor.store.samples import StoredEvent
from advisor.vocabulary import events
from advisor.vocabulary.events import Cause

FUNCTIONS_SHOWN = 10
NAMELESS = "(anonymous)"
"""What Node.js calls a function without a name."""


@dataclass(frozen=True, slots=True)
class BlockRow:
    """The blocks that one place made.

    Attributes:
        title: the function, or what else held up the loop.
        is_code: True where the title is a function's name.
        file: full path of the file; empty where not known.
        line: its line.
        count: how many.
        longest: seconds.
        together: seconds of all of them.
        last: when the newest began, Unix seconds.
    """

    title: str
    is_code: bool
    file: str
    line: int | None
    count: int
    longest: float
    together: float
    last: float


@dataclass(frozen=True, slots=True)
class FunctionRow:
    """A function of a profile; `share` is its part of all samples, 0 to 1."""

    title: str
    file: str
    line: int | None
    share: float


@dataclass(frozen=True, slots=True)
class Profile:
    """What a busy loop did at one moment: `time` in Unix seconds, the functions with the dearest first."""

    time: float
    host: str
    pid: int
    functions: tuple[FunctionRow, ...]


def block_rows(happened: Sequence[StoredEvent]) -> list[BlockRow]:
    """Blocks by cause and place, the one that took most time first."""
    found: dict[tuple[bool, str, str, int | None], list[StoredEvent]] = defaultdict(list)
    for event in happened:
        if event.name == events.BLOCKED.name:
            collecting = event.cause == Cause.GARBAGE_COLLECTION
            found[collecting, event.function or "", event.file or "", event.line].append(event)
    rows = [_block(*key, blocks) for key, blocks in found.items()]
    return sorted(rows, key=lambda row: (-row.together, -row.last))


def newest_profile(happened: Sequence[StoredEvent]) -> Profile | None:
    """The newest profile of any process; None where none was made."""
    found = [event for event in happened if event.name == events.PROFILED.name]
    if not found:
        return None
    newest = max(found, key=lambda event: event.at)
    own = [event for event in found if (event.at, event.instance_id) == (newest.at, newest.instance_id)]
    ranked = sorted(own, key=lambda event: -(event.share or 0.0))
    return Profile(
        newest.at, newest.host, newest.instance_pid, tuple(_function(event) for event in ranked[:FUNCTIONS_SHOWN])
    )


def _block(collecting: bool, function: str, file: str, line: int | None, blocks: list[StoredEvent]) -> BlockRow:
    title = "Garbage collection" if collecting else function or (NAMELESS if file else "Nobody could see who")
    lengths = [event.duration or 0.0 for event in blocks]
    return BlockRow(
        title=title,
        is_code=bool(function) and not collecting,
        file=file,
        line=line,
        count=len(blocks),
        longest=max(lengths),
        together=sum(lengths),
        last=max(event.at for event in blocks),
    )


def _function(event: StoredEvent) -> FunctionRow:
    return FunctionRow(event.function or NAMELESS, event.file or "", event.line, event.share or 0.0)
