"""Who may report for the first time now: some do in each transaction, and nobody waits for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

from advisor.fleet import registry
from advisor.fleet.claim import Said
from advisor.ingest import limits
from advisor.ingest.batch import Batch

Newcomer = tuple[int, Said]
"""Primary key of a token, and what its sender says of itself."""


def turns(batches: Sequence[Batch]) -> list[bool]:
    """Which batches of a group are stored now: those of who is known always, and of others as long as there is room.

    To find out who somebody is takes some queries. A large fleet that starts again, or a flood of invented names,
    would hold up all others for seconds; what has no turn is sent again, and nothing of it is lost. Of one token there
    are fewer where others wait beside it.
    """
    found, admitted = list[bool](), set[Newcomer]()
    alone = len({batch.token.pk for batch in batches}) == 1
    most = limits.NEWCOMERS if alone else limits.NEWCOMERS_OF_ONE
    of_token = Counter[int]()
    for batch in batches:
        new = _unknown(batch) - admitted
        found.append(not new or (len(admitted) < limits.NEWCOMERS and of_token[batch.token.pk] < most))
        if found[-1]:
            admitted |= new
            of_token[batch.token.pk] += len(new)
    return found


def _unknown(batch: Batch) -> set[Newcomer]:
    """Who brings a batch, and is not known yet; once, however often a group has something of it."""
    token, now = batch.token, datetime.fromtimestamp(batch.received, UTC)
    return {
        (token.pk, Said.of(report.resource))
        for report in batch.pivoted.reports
        if not registry.is_known(report.resource, token, now, report.listening, lives=not report.events)
    }
