"""Who may report for the first time now: some do in each transaction, and nobody waits for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Sequence
from datetime import UTC, datetime

from advisor.fleet import registry
from advisor.fleet.claim import Said
from advisor.fleet.registry import Identity
from advisor.ingest import limits
from advisor.ingest.batch import Batch

Newcomer = tuple[int, Said]
"""Primary key of a token, and what its sender says of itself."""


def recalled(batches: Sequence[Batch]) -> dict[int, Identity]:
    """Who sent the reports of a group, by `id` of the report, as far as that is remembered."""
    found = dict[int, Identity]()
    for batch in batches:
        for report in batch.pivoted.reports:
            identity = registry.recall(report.resource, batch.token, report.listening, not report.events)
            if identity is not None:
                found[id(report)] = identity
    return found


def turns(batches: Sequence[Batch], known: Container[int]) -> list[bool]:
    """Which batches of a group are stored now: those of who is known always, and of others as long as there is room.

    To find out who somebody is takes some queries. A large fleet that starts again, or a flood of invented names,
    would hold up all others for seconds; what has no turn is sent again, and nothing of it is lost. Of one token there
    are fewer where others wait beside it. `known` are the ids of reports whose senders are known.
    """
    found, admitted = list[bool](), set[Newcomer]()
    alone = len({batch.token.pk for batch in batches}) == 1
    most = limits.NEWCOMERS if alone else limits.NEWCOMERS_OF_ONE
    of_token = Counter[int]()
    for batch in batches:
        new = _unknown(batch, known) - admitted
        found.append(not new or (len(admitted) < limits.NEWCOMERS and of_token[batch.token.pk] < most))
        if found[-1]:
            admitted |= new
            of_token[batch.token.pk] += len(new)
    return found


def _unknown(batch: Batch, known: Container[int]) -> set[Newcomer]:
    """Who brings a batch, and is not known yet; once, however often a group has something of it."""
    now = datetime.fromtimestamp(batch.received, UTC)
    return {
        (batch.token.pk, Said.of(report.resource))
        for report in batch.pivoted.reports
        if id(report) not in known
        and not registry.is_known(report.resource, batch.token, now, report.listening, not report.events)
    }
