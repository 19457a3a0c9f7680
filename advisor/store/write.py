"""Keeps what ingest hands over."""

from __future__ import annotations

from collections.abc import Sequence

from advisor.store.bundles import Bundle
from advisor.store.events import put
from advisor.store.insert import insert
from advisor.store.marks import mark
from advisor.store.rows import Rows
from advisor.store.sheet import Sheet
from advisor.vocabulary import Entity


def write(rows: Rows) -> None:
    """Keep samples and events, inside the caller's transaction and as its last statements.

    A sample is known by its series and `time_us`. One that is there already fills only the columns that are
    null, so the same rows again change nothing; gains alone come on top. What differs from a figure that is
    known is left out and counted in the row. Figures that are not finite are left out. An event that is there
    already is replaced: what is told later knows more.
    """
    processes, hosts = (_of(entity, rows.bundles) for entity in (Entity.PROCESS, Entity.HOST))
    sheets = (
        Sheet.of_hosts(rows.hosts, hosts),
        Sheet.of_processes(rows.processes, processes),
        Sheet.of_parts(rows.parts),
    )
    changed = insert(sheets)
    put(rows.events)
    mark(changed)


def _of(entity: Entity, bundles: Sequence[Bundle]) -> list[Bundle]:
    return [one for one in bundles if one.entity is entity]
