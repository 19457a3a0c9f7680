"""Datastores that a host's agent asks: whether they answer, how full they are, and what is waited for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from advisor.features.window import HostWindow, PartWindow, Track
from advisor.pages import measured, words
from advisor.pages.calls import SYSTEMS, address
from advisor.vocabulary import PartKind

_NEARLY_FULL = 0.9
"""Of connections or memory: the next peak is refused, or costs keys. A judgement of ours; there is no source for it."""

_LONG_SECONDS = 60.0
"""A transaction that is open longer keeps old rows from being cleaned up; requests take seconds."""


@dataclass(frozen=True, slots=True)
class StatementRow:
    """One statement in the last minute: runs per second, seconds each, and the share of one core's time that it ran."""

    text: str
    rate: float | None
    each: float | None
    share: float | None


@dataclass(frozen=True, slots=True)
class DatastoreRow:
    """One database, or one Redis.

    Attributes:
        name: the database, or the address.
        kind: `PostgreSQL, 127.0.0.1:5432`.
        state: a tag's shape and word: what needs a look first.
        said: what is so now, in sentences.
        rate: transactions or commands per second.
        hits: the share of reads that its cache answered.
        size: bytes on disk, or in memory.
        statements: those that took most, the dearest first.
    """

    name: str
    kind: str
    state: tuple[str, str]
    said: tuple[str, ...]
    rate: float | None
    hits: float | None
    size: float | None
    statements: tuple[StatementRow, ...]


_ORDER = ("act", "watch", "ok")
_WAITS = (
    ("pending", "waits for a lock", "wait for a lock"),
    ("pending_disk", "waits for a disk", "wait for a disk"),
    ("pending_inside", "waits for another", "wait for others"),
    ("in_transaction", "idles in a transaction", "idle in a transaction"),
)
_BLOCKED = (("pending", "is in a blocking call", "are in blocking calls"),)
"""Column -> what one does, and what several do."""


def datastore_rows(host: HostWindow) -> list[DatastoreRow]:
    """The datastores, those first that need a look."""
    rows = [_row(part, host) for part in host.of_kind(PartKind.DATASTORE)]
    return sorted(rows, key=lambda row: (_ORDER.index(row.state[0]), row.kind, row.name))


def _row(part: PartWindow, host: HostWindow) -> DatastoreRow:
    track = part.track
    system, _, place = part.name.partition(" ")
    where, database = _place(system, place)
    kind = SYSTEMS.get(system, system)
    hits, misses = measured.total(track, "hits"), measured.total(track, "misses")
    return DatastoreRow(
        name=database or where,
        kind=f"{kind}, {where}" if database else kind,
        state=_state(track),
        said=(*_said(track, "block reads" if system == "postgresql" else "look-ups"), *_replicas(part.name, host)),
        rate=measured.rate(track, "count"),
        hits=_share(hits, misses),
        size=_known(measured.last(track, "size"), measured.last(track, "memory")),
        statements=tuple(_statements(part.name, host)),
    )


def _place(system: str, place: str) -> tuple[str, str]:
    """Address, and database where there is one: a name is host, port and database, or the path of a socket."""
    if system != "postgresql":
        return address(place), ""
    host, port, database = [*place.split(" ", 2), "", ""][:3]
    return address(f"{host} {port}"), database


def _state(track: Track) -> tuple[str, str]:
    if measured.last(track, "answered") == 0:
        return "act", "No answer"
    for is_so, word in (
        (measured.total(track, "errors"), "Fails"),
        (measured.total(track, "evicted"), "Gives up keys"),
        ((_taken(track) or 0.0) >= _NEARLY_FULL, "Nearly full"),
        (_last(track, "pending") and measured.last(track, "reserved") is not None, "Waits"),
    ):
        if is_so:
            return "watch", word
    return "ok", "Answers"


def _said(track: Track, reads: str) -> Iterator[str]:
    """What a person would say of it, what is amiss in the same breath as what it is of."""
    if measured.last(track, "answered") == 0:
        yield "It did not answer the agent, whose log says why"
        return
    yield from filter(None, (_connections(track), _failures(track), _memory(track), _cache(track, reads)))
    oldest, lag, spilled = _last(track, "oldest"), measured.last(track, "lag"), measured.total(track, "spilled")
    if oldest > _LONG_SECONDS:
        yield f"A transaction has been open for {words.duration(oldest)}"
    if lag is not None:
        yield f"{words.span(lag)} behind its primary"
    if spilled:
        yield f"{words.size(spilled)} went to temporary files in the last minute"
    keys = measured.last(track, "keys")
    if keys is not None:
        yield words.count(round(keys), "key")


def _connections(track: Track) -> str:
    """`38 of 97 connections, 3 wait for a lock`; those kept for superusers are nobody else's."""
    used, limit = measured.last(track, "used"), _limit(track)
    if used is None:
        return ""
    is_sql = measured.last(track, "reserved") is not None
    one, many = ("connection", "connections") if is_sql else ("client", "clients")
    of = f"{words.plain(used)} of {words.plain(limit)} {many}" if limit else words.count(round(used), one, many)
    waits = ((round(_last(track, column)), does, do) for column, does, do in (_WAITS if is_sql else _BLOCKED))
    return ", ".join([of, *(f"{number:,} {does if number == 1 else do}" for number, does, do in waits if number)])


def _failures(track: Track) -> str:
    """What the last minute brought that nobody wants."""
    is_sql = measured.last(track, "reserved") is not None
    failed = ("deadlock", "deadlocks") if is_sql else ("client refused", "clients refused")
    counts = (("errors", *failed), ("evicted", "key given up for lack of memory", "keys given up for lack of memory"))
    found = [
        words.count(round(number), one, many)
        for column, one, many in counts
        if (number := measured.total(track, column))
    ]
    return f"{' and '.join(found)} in the last minute" if found else ""


def _memory(track: Track) -> str:
    used, limit = measured.last(track, "memory"), measured.last(track, "memory_limit")
    if used is None:
        return ""
    return f"{words.size(used)} of {words.size(limit)} memory" if limit else f"{words.size(used)} of memory"


def _cache(track: Track, reads: str) -> str:
    share = _share(measured.total(track, "hits"), measured.total(track, "misses"))
    return "" if share is None else f"Cache answers {100 * share:.3g}% of {reads}"


def _limit(track: Track) -> float | None:
    capacity = measured.last(track, "capacity")
    return None if capacity is None else capacity - _last(track, "reserved")


def _taken(track: Track) -> float | None:
    """How full it is, 0 to 1, by connections or memory, whichever is tighter."""
    pairs = (
        (measured.last(track, "used"), _limit(track)),
        (measured.last(track, "memory"), measured.last(track, "memory_limit")),
    )
    return max((part / whole for part, whole in pairs if part is not None and whole), default=None)


def _share(part: float | None, rest: float | None) -> float | None:
    return None if part is None or rest is None or not part + rest else part / (part + rest)


def _known(*figures: float | None) -> float | None:
    return next((figure for figure in figures if figure is not None), None)


def _last(track: Track, column: str) -> float:
    return measured.last(track, column) or 0.0


def _below(name: str, host: HostWindow, kind: PartKind) -> Iterator[tuple[str, Track]]:
    """The parts whose name goes on where a datastore's ends."""
    for part in host.of_kind(kind):
        if part.name.startswith(f"{name} "):
            yield part.name.removeprefix(f"{name} "), part.track


def _statements(name: str, host: HostWindow) -> list[StatementRow]:
    found = []
    for text, track in _below(name, host, PartKind.STATEMENT):
        runs, seconds = measured.total(track, "count"), measured.total(track, "duration")
        each = seconds / runs if runs and seconds is not None else None
        found.append(StatementRow(text, measured.rate(track, "count"), each, measured.rate(track, "duration")))
    return sorted(found, key=lambda row: (-(row.share or 0.0), row.text))


def _replicas(name: str, host: HostWindow) -> Iterator[str]:
    """How far those that follow it are behind, as it sees them."""
    for replica, track in _below(name, host, PartKind.REPLICA):
        size, seconds = measured.last(track, "pending"), measured.last(track, "lag")
        figures = [words.size(size)] if size is not None else []
        figures += [words.span(seconds)] if seconds is not None else []
        if figures:
            yield f"Replica {replica} is {words.listed(figures)} behind"
