"""Newcomers: a flood of names that nobody knows waits, and who is known does not."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime

import pytest
from django.db import OperationalError
from pytest_django.fixtures import Settings

from advisor.fleet import registry, seen, tokens
from advisor.fleet.caps import Kind
from advisor.fleet.models import Instance, Token
from advisor.ingest import limits, newcomers, rejection
from advisor.ingest.answers import Receipt, Refusal
from advisor.ingest.batch import Batch
from advisor.ingest.commit import Committer
from advisor.store import samples
from advisor.store.models import ProcessSample
from tests.ingest.batches import Told, batch, process
from tests.ingest.exports import NOW

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "NEWCOMERS", 2)


@pytest.fixture
def commit() -> Committer:
    registry.forget()
    return Committer(Told())


def turns(batches: Sequence[Batch]) -> list[bool]:
    return newcomers.turns(batches, newcomers.recalled(batches))


@pytest.fixture
def token() -> Token:
    return tokens.make(Token.Kind.API)[0]


def test_who_is_known_is_stored_beside_a_flood_of_names(commit: Committer, token: Token) -> None:
    assert commit([batch(token, process("known"))]) == [Receipt()]
    flood = [batch(token, process(f"invented-{number}")) for number in range(5)]
    outcomes = commit([*flood, batch(token, process("known", at=NOW - 10))])

    assert outcomes[:2] == [Receipt()] * 2
    assert all(isinstance(outcome, Refusal) and outcome.status == 503 for outcome in outcomes[2:5])
    assert outcomes[5] == Receipt()
    assert Instance.objects.count() == 3


def test_all_have_their_turn_in_the_end(commit: Committer, token: Token) -> None:
    waiting = [batch(token, process(f"p{number}"), id=uuid.uuid4()) for number in range(7)]
    rounds = 0
    while waiting:
        rounds += 1
        outcomes = commit(waiting)
        waiting = [one for one, outcome in zip(waiting, outcomes, strict=True) if isinstance(outcome, Refusal)]
    assert rounds == 4
    assert ProcessSample.objects.count() == 7


def test_a_batch_of_many_newcomers_is_taken_whole(commit: Committer, token: Token) -> None:
    many = batch(token, *(process(f"p{number}" * (number + 1)) for number in range(5)))
    assert turns([many, batch(token, process("late"))]) == [True, False]
    assert commit([many]) == [Receipt()]
    assert turns([many, batch(token, process("late"))]) == [True, True]


def test_many_batches_of_one_newcomer_are_one(commit: Committer, token: Token) -> None:
    past = [batch(token, process("one", at=NOW - second)) for second in range(20)]
    assert commit(past) == [Receipt()] * 20
    assert Instance.objects.count() == 1


def test_points_of_who_is_beyond_are_rejected_and_the_rest_of_the_request_is_stored(
    commit: Committer, token: Token, settings: Settings
) -> None:
    settings.MOST_INSTANCES = 2
    (receipt,) = commit([batch(token, *(process(f"p{number}" * (number + 1)) for number in range(5)))])
    assert isinstance(receipt, Receipt)
    assert receipt.rejected == {rejection.BEYOND[Kind.INSTANCES]: 3}
    assert (receipt.kept, ProcessSample.objects.count()) == (2, 2)
    assert [(loss.token_id, loss.count) for loss in samples.left_out(date.min)] == [(token.pk, 3)]

    stranger = tokens.make(Token.Kind.API)[0]
    assert commit([batch(stranger, process("elsewhere"))]) == [Receipt()]
    assert commit([batch(token, process("p0", at=NOW - 5))]) == [Receipt()]


def test_a_flood_of_one_token_takes_a_share_where_others_wait(token: Token, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "NEWCOMERS", 5)
    monkeypatch.setattr(limits, "NEWCOMERS_OF_ONE", 2)
    flood = [batch(token, process("x" * number)) for number in range(1, 8)]
    beside = batch(tokens.make(Token.Kind.API)[0], process("beside"))
    assert turns(flood) == [True] * 5 + [False] * 2
    assert turns([*flood, beside]) == [True] * 2 + [False] * 5 + [True]


def test_who_sent_a_report_is_recalled_after_it_was_stored_once(commit: Committer, token: Token) -> None:
    first, again = batch(token, process("known")), batch(token, process("known", at=NOW - 10))
    assert newcomers.recalled([first]) == {}
    commit([first])

    (identity,) = newcomers.recalled([again]).values()
    assert identity.instance_id == Instance.objects.get().pk
    Instance.objects.update(last_seen=datetime.fromtimestamp(NOW - 60, UTC))
    commit([again])
    commit.tell_seen()
    assert Instance.objects.get().last_seen.timestamp() == NOW


def test_a_database_that_is_away_when_it_is_told_who_was_seen_stops_nothing(
    commit: Committer, token: Token, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise OperationalError("gone")

    commit([batch(token, process("known"))])
    monkeypatch.setattr(seen, "touch", away)
    commit.tell_seen()
    assert commit([batch(token, process("known", at=NOW - 10))]) == [Receipt()]
