"""Readings whose process and host are known, put into the rows that the store takes."""

from __future__ import annotations

from advisor.fleet.registry import Identity
from advisor.ingest.readings import Report
from advisor.store.rows import HostRow, PartRow, ProcessRow, Rows
from advisor.vocabulary import PartKind

_OF_PROCESS = (PartKind.ROUTE, PartKind.DESTINATION)


def add_rows(rows: Rows, report: Report, identity: Identity) -> None:
    """Add one row per entity and moment that has a figure. A host's figures in a process's report become a host row."""
    offset, process, host_id = report.clock_offset, _process(identity), identity.host_id
    for reading in report.readings.values():
        time_us, span = reading.time_us, reading.span
        if process is not None and reading.process.values:
            own = reading.process
            rows.processes.append(ProcessRow(*process, time_us, span, offset, own.values, own.histogram()))
        if host_id is not None and reading.host.values:
            rows.hosts.append(HostRow(host_id, time_us, span, offset, reading.host.values))
        for (kind, name), part in reading.parts.items():
            owner = process if kind in _OF_PROCESS else _host(identity)
            if owner is not None and part.values:
                rows.parts.append(PartRow(*owner, time_us, span, offset, kind, name, part.values, part.histogram()))


def _process(identity: Identity) -> tuple[int, int] | None:
    if identity.service_id is None or identity.instance_id is None:
        return None
    return identity.service_id, identity.instance_id


def _host(identity: Identity) -> tuple[int, int] | None:
    return None if identity.host_id is None else (identity.host_id, 0)
