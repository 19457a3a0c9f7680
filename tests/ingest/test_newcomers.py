"""Newcomers: a flood of names that nobody knows waits, and who is known does not."""

from __future__ import annotations

import time
import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime

import pytest
from django.db import OperationalError
from pytest_django.fixtures import Settings

from advisor.fleet import registry, seen, tokens
from advisor.fleet.caps import Kind
from advisor.fleet.models import Instance, Token
from advisor.ingest import limits, rejection, turns
from advisor.ingest.answers import Away, Receipt, Refusal
from advisor.ingest.batch import Batch, Outcome
from advisor.ingest.commit import Committer
from advisor.ingest.newcomers import LATER, Admission
from advisor.store import samples
from advisor.store.models import ProcessSample
from tests.ingest.batches import Told, batch, process
from tests.ingest.exports import NOW, Json, gauge, number, resource

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def admit(monkeypatch: pytest.MonkeyPatch) -> Admission:
    """One newcomer is found out at a time, at once, and nobody is late, however slow the machine is."""
    monkeypatch.setattr(limits, "STRANGERS_SECONDS", 3600.0)
    monkeypatch.setattr(turns, "LONGEST", 0.0)
    registry.forget()
    return Admission(Committer(Told()), seconds=0, at_once=1)


@pytest.fixture
def token() -> Token:
    return tokens.make(Token.Kind.API)[0]


def all_of(admit: Admission, *batches: Batch) -> list[Outcome]:
    """What becomes of all, handed in for as long as there is something to say."""
    found: dict[int, Outcome] = {}
    while waiting := [one for one in batches if id(one) not in found]:
        found |= {id(one): said for one, said in zip(waiting, admit(waiting), strict=True) if said is not None}
    return [found[id(one)] for one in batches]


def names(count: int, prefix: str = "p") -> list[Json]:
    return [process(f"{prefix}{number}" * (number + 1)) for number in range(count)]


def strangers_of(outcomes: Sequence[Outcome | None]) -> list[int]:
    return [place for place, outcome in enumerate(outcomes) if outcome is None]


def test_who_is_known_is_stored_beside_a_flood_of_names(admit: Admission, token: Token) -> None:
    assert all_of(admit, batch(token, process("known"))) == [Receipt()]
    flood = [batch(token, process(f"invented-{number}")) for number in range(5)]
    known = [batch(token, process("known", at=NOW - step)) for step in range(1, 5)]

    assert admit([*flood, known[0]]) == [None] * 6, "a newcomer's turn, since the last was of those who are known"
    assert Instance.objects.count() == 2
    outcomes = admit([*flood, known[0]])
    assert (outcomes[0], outcomes[5], strangers_of(outcomes)) == (Receipt(), Receipt(), [1, 2, 3, 4])
    assert all_of(admit, *flood[1:], *known[1:]) == [Receipt()] * 7
    assert Instance.objects.count() == 6


def test_tokens_take_turns(admit: Admission, token: Token) -> None:
    flood = [batch(token, *names(5, str(number))) for number in range(5)]
    beside = batch(tokens.make(Token.Kind.API)[0], process("beside"))
    assert strangers_of(admit([*flood, beside])) == [0, 1, 2, 3, 4, 5]
    assert strangers_of(admit([*flood, beside])) == [0, 1, 2, 3, 4, 5]
    assert admit([*flood, beside])[5] == Receipt()


def test_a_large_batch_goes_on_where_it_stopped_when_it_is_sent_again(
    admit: Admission, token: Token, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "STRANGERS_SECONDS", 0)
    own, tries = uuid.uuid4().hex, 0
    outcome: Outcome | None = LATER
    while outcome is LATER:
        tries += 1
        (outcome,) = admit([batch(token, *names(5), id=own)])
    assert (tries, outcome) == (6, Receipt())
    assert ProcessSample.objects.count() == 5
    assert admit([batch(token, *names(5), id=own)]) == [Receipt(replayed=True)]


def test_newcomers_come_after_others_but_do_not_wait_for_ever(token: Token) -> None:
    admit, other = Admission(Committer(Told())), tokens.make(Token.Kind.API)[0]
    known = [batch(other, process("known", at=NOW - step)) for step in range(4)]
    assert all_of(admit, known[0]) == [Receipt()]
    newcomer = batch(token, process("new"))
    newcomer.since = time.monotonic() + 3600
    assert [admit([newcomer, one]) for one in known[1:3]] == [[None, Receipt()]] * 2
    newcomer.since -= 7200
    assert admit([newcomer, known[3]]) == [LATER, None]
    assert admit([newcomer, known[3]]) == [Receipt()] * 2


def test_many_batches_of_one_newcomer_are_one(admit: Admission, token: Token) -> None:
    past = [batch(token, process("one", at=NOW - second)) for second in range(20)]
    assert admit(past) == [None] * 20
    assert admit(past) == [Receipt()] * 20
    assert Instance.objects.count() == 1


def test_no_more_wait_than_there_is_room_for(admit: Admission, token: Token, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "STRANGERS_OF_ONE", 2)
    monkeypatch.setattr(limits, "STRANGERS", 3)
    others = [batch(tokens.make(Token.Kind.API)[0], process(f"other-{number}")) for number in range(2)]
    flood = [batch(token, process("x" * number)) for number in range(1, 5)]
    assert admit([*flood, *others]) == [None, None, LATER, LATER, None, LATER]


def test_who_cannot_be_found_out_is_told_why_and_holds_up_nobody(admit: Admission) -> None:
    machine, _ = tokens.make(Token.Kind.HOST)
    first = batch(machine, resource({"host.id": "own", "service.name": "a"}, gauge("process.thread.count", number(1))))
    assert all_of(admit, first) == [Receipt()]
    wrong = batch(machine, resource({"host.id": "other"}, gauge("system.uptime", number(1))))
    beside = batch(tokens.make(Token.Kind.API)[0], process("beside"))
    refused, taken = all_of(admit, wrong, beside)
    assert isinstance(refused, Refusal)
    assert (refused.status, taken) == (403, Receipt())


def test_points_of_who_is_beyond_are_rejected_and_the_rest_of_the_request_is_stored(
    admit: Admission, token: Token, settings: Settings
) -> None:
    settings.MOST_INSTANCES = 2
    (receipt,) = all_of(admit, batch(token, *names(5)))
    assert isinstance(receipt, Receipt)
    assert receipt.rejected == {rejection.BEYOND[Kind.INSTANCES]: 3}
    assert (receipt.kept, ProcessSample.objects.count()) == (2, 2)
    assert [(loss.token_id, loss.count) for loss in samples.left_out(date.min)] == [(token.pk, 3)]

    stranger = tokens.make(Token.Kind.API)[0]
    assert all_of(admit, batch(stranger, process("elsewhere"))) == [Receipt()]
    assert all_of(admit, batch(token, process("p0", at=NOW - 5))) == [Receipt()]


def test_who_sent_a_report_is_recalled_after_it_was_stored_once(token: Token) -> None:
    commit = Committer(Told())
    admit = Admission(commit, seconds=0)
    first, again = batch(token, process("known")), batch(token, process("known", at=NOW - 10))
    assert all_of(admit, first) == [Receipt()]
    Instance.objects.update(last_seen=datetime.fromtimestamp(NOW - 60, UTC))
    assert all_of(admit, again) == [Receipt()]

    (identity,) = again.senders
    assert identity is not None
    assert identity.instance_id == Instance.objects.get().pk
    while commit.tell_seen():
        pass
    assert Instance.objects.get().last_seen.timestamp() == NOW


def test_a_database_that_is_away_when_it_is_told_who_was_seen_stops_nothing(
    admit: Admission, token: Token, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise OperationalError("gone")

    commit = Committer(Told())
    assert commit([batch(token, process("known"))]) == [Receipt()]
    monkeypatch.setattr(seen, "touch", away)
    with pytest.raises(Away, match=r"The database is away\."):
        commit.tell_seen()
    assert commit([batch(token, process("known", at=NOW - 10))]) == [Receipt()]
