"""Readings and events whose process and host are known, put into the rows that the store takes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Final

from advisor.fleet.claim import is_agent
from advisor.fleet.registry import Identity
from advisor.ingest import rejection
from advisor.ingest.figures import ALIKE, Figures, merged
from advisor.ingest.readings import Reading, Report
from advisor.ingest.totals import Resolved
from advisor.store import samples
from advisor.store.part_names import Name, Owner
from advisor.store.rows import EventRow, HostRow, PartRow, ProcessRow, Rows
from advisor.vocabulary.metrics import PART, PROCESS

if TYPE_CHECKING:
    from advisor.ingest._scan import Snapshot

_INSIDE: Final = frozenset(column.name for column in PROCESS if column.is_inside)
_FOR_PROBE: Final = frozenset(("heap_limit",))
"""What an agent reckons, and the probe reads better. No SDK and no page of metrics tells it."""

OTHER: Final = "other"
"""What the parts are called together that have no name of their own."""

Beyond = AbstractSet[tuple[Owner, Name]]

_INSIDE_PARTS: Final = frozenset(column.part for column in PART if column.is_inside)


def names_of(one: Resolved) -> Iterator[samples.Use]:
    """The names of parts that a report speaks of."""
    for parts in _parts_of(one.report):
        for owner, of_process in ((process_of(one.identity), True), (host_of(one.identity), False)):
            names = [place for place in parts if place[0].of_process is of_process]
            if owner is not None and names:
                yield samples.Use(owner, one.token_id, names)


def _parts_of(report: Report) -> Iterator[Collection[Name]]:
    if report.packed is not None:
        _, _, *told = report.packed
        if not isinstance(told[-1][0], bool):  # parts come last
            yield [place for place, *_ in told if not isinstance(place, bool)]
    for reading in report.readings.values():
        if reading.parts:
            yield reading.parts.keys()


def add_rows(rows: Rows, one: Resolved, beyond: Beyond = frozenset(), teller: int = 0) -> None:
    """Add one row per entity and moment that has a figure. A host's figures in a process's report become a host row.

    Parts whose names are `beyond` those that are kept become one row of their kind, called `OTHER`.

    What an agent read of a process's inside is left out where the process reports that itself: the rows of two
    senders stand side by side, and the same requests would be counted twice. It is counted as rejected, without
    what an agent always tells.
    """
    if one.report.packed is not None and _is_plain(one, one.report.packed, beyond):
        _add_packed(rows, one, one.report.packed, teller)
        return
    one.report.unpack()
    report, identity = one.report, one.identity
    offset, process, host_id = report.clock_offset, process_of(identity), identity.host_id
    from_agent = is_agent(report.resource)
    is_double = identity.has_inside and from_agent
    left_out = unnamed = 0
    for reading in report.readings.values():
        time_us, own, machine = reading.time_us, reading.process, reading.host
        if is_double:
            own, found = _without(own, _INSIDE)
            left_out += found
        if from_agent and identity.has_probe:
            own, _ = _without(own, _FOR_PROBE)
        if process is not None and own.values:
            own, short = own.split() if from_agent else (own, None)
            if short:
                # A row is known by its moment, so this one stands just before the other.
                before = (*process, time_us - 1, short.span, offset)
                rows.processes.append(ProcessRow(*before, short.values, None, short.gains, teller=teller))
            moment = (*process, time_us, reading.span_of(own, own), offset)
            rows.processes.append(ProcessRow(*moment, own.values, own.histogram(), own.gains, teller=teller))
        elif process is None:
            unnamed += len(own.values)
        if host_id is not None and machine.values:
            span = reading.span_of(machine, machine)
            rows.hosts.append(HostRow(host_id, time_us, span, offset, machine.values, machine.gains, teller=teller))
        elif host_id is None:
            unnamed += len(machine.values)
        if reading.parts:
            _add_parts(rows, one, reading, own, beyond, teller)
    _leave_out(one, left_out, unnamed)


def _is_plain(one: Resolved, snapshot: Snapshot, beyond: Beyond) -> bool:
    """Whether each row that was told is one to be stored: none is to be looked into, left out, or of nobody."""
    identity, (_, _, *told) = one.identity, snapshot
    has_host, has_process = identity.host_id is not None, identity.instance_id is not None
    if (identity.has_inside or identity.has_probe) and is_agent(one.report.resource):
        return False
    for place, span, shortest, *_ in told:
        if place is False:
            if not has_process or (shortest * ALIKE < span and is_agent(one.report.resource)):
                return False
        elif not (has_host if place is True else not beyond and (has_process if place[0].of_process else has_host)):
            return False
    return True


def _add_packed(rows: Rows, one: Resolved, snapshot: Snapshot, teller: int) -> None:
    """Add the rows as they were told."""
    (time_us, longest, *told), identity, offset = snapshot, one.identity, one.report.clock_offset
    process, host = (identity.service_id or 0, identity.instance_id or 0), (identity.host_id or 0, 0)
    own = machine = longest
    for place, span, _, values, _, whole in told:
        if not values:
            continue
        if place is False:
            own = span or own
            row = ProcessRow(*process, time_us, own, offset, {}, merged(whole), packed=values, teller=teller)
            rows.processes.append(row)
        elif place is True:
            machine = span or machine
            rows.hosts.append(HostRow(host[0], time_us, machine, offset, {}, packed=values, teller=teller))
        else:
            owner, beside = (process, own) if place[0].of_process else (host, machine)
            moment = (*owner, time_us, span or beside, offset)
            rows.parts.append(PartRow(*moment, *place, {}, merged(whole), packed=values, teller=teller))


def _add_parts(rows: Rows, one: Resolved, reading: Reading, own: Figures, beyond: Beyond, teller: int) -> None:
    """The rows of a reading's parts; `own` are the process's own figures, as far as they are kept."""
    process, host, left_out, unnamed = process_of(one.identity), host_of(one.identity), 0, 0
    is_double = one.identity.has_inside and is_agent(one.report.resource)
    parts = _within(reading, process, host, beyond) if beyond else reading.parts
    for (kind, name), part in parts.items():
        owner, figures = (process, own) if kind.of_process else (host, reading.host)
        if is_double and kind in _INSIDE_PARTS:
            left_out += len(part.values)
        elif owner is None:
            unnamed += len(part.values)
        elif part.values:
            place = (*owner, reading.time_us, reading.span_of(part, figures), one.report.clock_offset, kind, name)
            rows.parts.append(PartRow(*place, part.values, part.histogram(), part.gains, teller=teller))
    _leave_out(one, left_out, unnamed)


def _leave_out(one: Resolved, double: int, unnamed: int) -> None:
    """Count figures that the process itself tells, and those of nobody."""
    if double:
        one.receipt.rejected[rejection.TOLD_FROM_INSIDE] += double
    if unnamed:
        one.receipt.rejected[rejection.NOT_NAMED] += unnamed


def add_events(rows: Rows, resolved: Sequence[Resolved]) -> None:
    """Add the events of all reports, inside the caller's transaction; what has no room is counted as rejected."""
    waiting = [(one, row) for one in resolved if one.report.events for row in _events(one)]
    for (one, row), fits in zip(waiting, samples.fits([row for _, row in waiting]), strict=True):
        if fits:
            rows.events.append(row)
        else:
            one.receipt.rejected[rejection.NO_ROOM] += 1


def _events(one: Resolved) -> Iterator[EventRow]:
    process, offset, events = process_of(one.identity), one.report.clock_offset, one.report.events
    if process is None:
        one.receipt.rejected[rejection.EVENT_OF_NOBODY] += len(events)
        return
    for event in events:
        yield EventRow(*process, event.time_us, offset, event.name, event.ordinal, event.values)


def _within(reading: Reading, process: Owner | None, host: Owner | None, beyond: Beyond) -> Mapping[Name, Figures]:
    """The parts of a reading, those that have no name of their own as one."""
    kept, others = dict[Name, Figures](), dict[Name, Figures]()
    for place, figures in reading.parts.items():
        owner = process if place[0].of_process else host
        if (owner, place) in beyond:
            others.setdefault((place[0], OTHER), Figures()).take(figures)
        else:
            kept[place] = figures
    for place, figures in others.items():
        if place in kept:  # somebody called one so
            figures.take(kept[place])
    return kept | others


def _without(own: Figures, columns: frozenset[str]) -> tuple[Figures, int]:
    """The figures of other columns, and how many were of these."""
    rest = own.without(columns)
    return rest, len(own.values) - len(rest.values)


def process_of(identity: Identity) -> Owner | None:
    """Service and instance; None where it is no process."""
    if identity.service_id is None or identity.instance_id is None:
        return None
    return identity.service_id, identity.instance_id


def host_of(identity: Identity) -> Owner | None:
    """The host as the owner of parts; None where it is not known."""
    return None if identity.host_id is None else (identity.host_id, 0)
