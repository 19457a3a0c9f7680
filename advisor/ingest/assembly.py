"""Readings and events whose process and host are known, put into the rows that the store takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from advisor.fleet.claim import AGENT
from advisor.fleet.registry import Identity
from advisor.ingest import rejection
from advisor.ingest.figures import Figures
from advisor.ingest.totals import Resolved
from advisor.store import samples
from advisor.store.rows import EventRow, HostRow, PartRow, ProcessRow, Rows
from advisor.vocabulary.metrics import PART, PROCESS

_INSIDE: Final = frozenset(column.name for column in PROCESS if column.is_inside)
_FOR_PROBE: Final = frozenset(("heap_limit",))
"""What an agent reckons, and the probe reads better. No SDK and no page of metrics tells it."""

_INSIDE_PARTS: Final = frozenset(column.part for column in PART if column.is_inside)


def rows_of(one: Resolved) -> Rows:
    """One row per entity and moment that has a figure. A host's figures in a process's report become a host row.

    What an agent read of a process's inside is left out where the process reports that itself: the rows of two
    senders stand side by side, and the same requests would be counted twice. It is counted as rejected, without
    what an agent always tells.
    """
    report, identity, rows = one.report, one.identity, Rows()
    offset, process, host_id = report.clock_offset, _process(identity), identity.host_id
    is_agent = report.resource.get("telemetry.sdk.name") == AGENT
    is_double = identity.has_inside and is_agent
    left_out = 0
    for reading in report.readings.values():
        time_us, own, machine = reading.time_us, reading.process, reading.host
        if is_double:
            own, found = _without(own, _INSIDE)
            left_out += found
        if is_agent and identity.has_probe:
            own, _ = _without(own, _FOR_PROBE)
        if process is not None and own.values:
            own, short = own.split() if is_agent else (own, None)
            if short:
                # A row is known by its moment, so this one stands just before the other.
                rows.processes.append(
                    ProcessRow(*process, time_us - 1, short.span, offset, short.values, None, short.gains)
                )
            span = reading.span_of(own, own)
            latency = own.histogram()
            rows.processes.append(ProcessRow(*process, time_us, span, offset, own.values, latency, own.gains))
        if host_id is not None and machine.values:
            span = reading.span_of(machine, machine)
            rows.hosts.append(HostRow(host_id, time_us, span, offset, machine.values, machine.gains))
        for (kind, name), part in reading.parts.items():
            owner, figures = (process, own) if kind.of_process else (_host(identity), machine)
            if is_double and kind in _INSIDE_PARTS:
                left_out += len(part.values)
            elif owner is not None and part.values:
                place = (*owner, time_us, reading.span_of(part, figures), offset, kind, name)
                rows.parts.append(PartRow(*place, part.values, part.histogram(), part.gains))
    if left_out:
        one.rejected[rejection.TOLD_FROM_INSIDE] += left_out
    return rows


def add_events(rows: Rows, resolved: Sequence[Resolved]) -> None:
    """Add the events of all reports, inside the caller's transaction; what has no room is counted as rejected."""
    waiting = [(one, row) for one in resolved if one.report.events for row in _events(one)]
    for (one, row), fits in zip(waiting, samples.fits([row for _, row in waiting]), strict=True):
        if fits:
            rows.events.append(row)
        else:
            one.rejected[rejection.NO_ROOM] += 1


def _events(one: Resolved) -> Iterator[EventRow]:
    process, offset, events = _process(one.identity), one.report.clock_offset, one.report.events
    if process is None:
        one.rejected[rejection.EVENT_OF_NOBODY] += len(events)
        return
    for event in events:
        yield EventRow(*process, event.time_us, offset, event.name, event.ordinal, event.values)


def _without(own: Figures, columns: frozenset[str]) -> tuple[Figures, int]:
    """The figures of other columns, and how many were of these."""
    rest = own.without(columns)
    return rest, len(own.values) - len(rest.values)


def _process(identity: Identity) -> tuple[int, int] | None:
    if identity.service_id is None or identity.instance_id is None:
        return None
    return identity.service_id, identity.instance_id


def _host(identity: Identity) -> tuple[int, int] | None:
    return None if identity.host_id is None else (identity.host_id, 0)
