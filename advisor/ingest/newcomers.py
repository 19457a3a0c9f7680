"""Who may report for the first time now: some do in each transaction, and nobody waits for them."""

from __future__ import annotations

from collections.abc import Sequence

from advisor.fleet import registry
from advisor.ingest import limits
from advisor.ingest.batch import Batch
from advisor.ingest.readings import Report


def turns(batches: Sequence[Batch]) -> list[bool]:
    """Which batches of a group are stored now: those of who is known always, and of others as long as there is room.

    To find out who somebody is takes some queries. A large fleet that starts again, or a flood of invented names,
    would hold up all others for seconds; what has no turn is sent again, and nothing of it is lost.
    """
    found, room = list[bool](), limits.NEWCOMERS
    for batch in batches:
        new = sum(not _is_known(report, batch) for report in batch.pivoted.reports)
        found.append(not new or room > 0)
        room -= new if found[-1] else 0
    return found


def _is_known(report: Report, batch: Batch) -> bool:
    return registry.is_known(report.resource, batch.token, report.listening, report.latest_event is None)
