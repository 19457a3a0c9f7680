from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime

import pytest
from django.db import DataError, OperationalError

from advisor.fleet import registry, tokens
from advisor.fleet.models import Host, Instance, Service, Token
from advisor.ingest import rejection
from advisor.ingest.answers import Receipt, Refusal
from advisor.ingest.batch import Batch
from advisor.ingest.commit import Committer
from advisor.store import samples
from advisor.store.models import Batch as BatchRow
from advisor.store.models import Event, HostSample, ProcessSample, Stream
from advisor.store.rows import Rows
from tests.ingest.batches import ELU, Told, batch, log_batch, process
from tests.ingest.exports import HOST, NOW, PROCESS, counter, explicit_point, gauge, histogram, number, resource
from tests.ingest.log_exports import STARTED, event, logs

pytestmark = pytest.mark.django_db(transaction=True)

AtMost = Callable[[int], AbstractContextManager[object]]


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def commit(told: Told) -> Committer:
    registry.forget()
    return Committer(told)


@pytest.fixture
def token() -> Token:
    return tokens.make(Token.Kind.API)[0]


def statuses(outcomes: Sequence[Receipt | Refusal]) -> list[int]:
    return [outcome.status if isinstance(outcome, Refusal) else 200 for outcome in outcomes]


def test_a_group_is_one_transaction_and_tells_who_is_new(
    commit: Committer,
    told: Told,
    token: Token,
    django_assert_max_num_queries: AtMost,
) -> None:
    machine = resource(HOST, gauge("system.memory.limit", number(8e9)))
    group = [batch(token, process("shop", at=NOW - second)) for second in range(20)] + [batch(token, machine)]
    assert commit(group) == [Receipt()] * 21
    assert ProcessSample.objects.count() == 20
    assert HostSample.objects.values_list("memory_limit", flat=True).get() == 8e9
    assert told.services == [Service.objects.get().pk]
    assert told.hosts == [Host.objects.get().pk]
    again = [batch(token, process("shop", at=NOW + second)) for second in range(1, 21)]
    with django_assert_max_num_queries(8):  # the identity is remembered: only begin, write, mark, commit
        assert commit(again) == [Receipt()] * 20


@pytest.mark.parametrize("after", [False, True])
def test_what_fails_before_the_commit_leaves_nothing(
    commit: Committer, told: Told, token: Token, monkeypatch: pytest.MonkeyPatch, after: bool
) -> None:
    """Killed between writing and COMMIT: nobody is told 200, nothing is there, and sending again stores it once."""
    write = samples.write

    def killed(rows: Rows) -> None:
        if after:
            write(rows)
        raise RuntimeError("killed")

    total = counter("process.cpu.time", number(5.0, attrs={"cpu.mode": "user"}), temporality=2)
    sent = [batch(token, process("shop"), resource(PROCESS, total), id=uuid.uuid4().hex) for _ in range(2)]
    monkeypatch.setattr(samples, "write", killed)
    assert statuses(commit(sent)) == [503, 503]
    for model in (ProcessSample, BatchRow, Stream, Service, Instance, Host):
        assert model.objects.count() == 0
    assert told.services == []
    monkeypatch.undo()
    assert statuses(commit(sent)) == [200, 200]
    assert ProcessSample.objects.count() == 1
    assert ProcessSample.objects.get().service_id == Service.objects.get().pk


def test_a_batch_that_comes_again_changes_nothing(commit: Committer, token: Token) -> None:
    known = uuid.uuid4().hex
    assert commit([batch(token, process(value=0.5), id=known)]) == [Receipt()]
    other = batch(token, process(value=0.9, at=NOW - 10), id=known)
    assert commit([other, other]) == [Receipt(replayed=True)] * 2
    assert list(ProcessSample.objects.values_list("loop_utilization", flat=True)) == [0.5]


def test_events_tell_their_service_and_no_host(commit: Committer, told: Told, token: Token) -> None:
    assert commit([log_batch(token, logs(PROCESS, event(STARTED)))]) == [Receipt()]
    assert told.services == [Service.objects.get().pk]
    assert told.hosts == []


def test_events_share_the_transaction_of_samples(
    commit: Committer, token: Token, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = samples.write

    def killed(rows: Rows) -> None:
        write(rows)
        raise RuntimeError("killed")

    group = [batch(token, process("shop")), log_batch(token, logs(PROCESS, event(STARTED)), id=uuid.uuid4().hex)]
    monkeypatch.setattr(samples, "write", killed)
    assert statuses(commit(group)) == [503, 503]
    assert (Event.objects.count(), BatchRow.objects.count()) == (0, 0)
    monkeypatch.undo()
    assert commit(group) == [Receipt(), Receipt()]
    assert commit(group[1:]) == [Receipt(replayed=True)]
    assert (Event.objects.count(), ProcessSample.objects.count()) == (1, 1)


def test_a_batch_twice_in_one_group_is_stored_once(commit: Committer, token: Token) -> None:
    twice = batch(token, process(), id=uuid.uuid4().hex)
    assert commit([twice, twice]) == [Receipt(), Receipt(replayed=True)]
    assert ProcessSample.objects.count() == 1


def test_ids_of_batches_belong_to_their_token(commit: Committer, token: Token) -> None:
    stranger = tokens.make(Token.Kind.API)[0]
    shared = uuid.uuid4().hex
    assert commit([batch(stranger, process("a"), id=shared), batch(token, process("bb"), id=shared)]) == [Receipt()] * 2
    assert ProcessSample.objects.count() == 2


def test_the_same_points_without_an_id_are_stored_once(commit: Committer, token: Token) -> None:
    for _ in range(3):
        assert commit([batch(token, process())]) == [Receipt()]
    assert ProcessSample.objects.count() == 1


def test_a_host_token_used_elsewhere_fails_alone(commit: Committer, token: Token) -> None:
    bound = tokens.make(Token.Kind.HOST)[0]
    here, there = ({"host.id": name, "host.name": name} for name in ("here", "there"))
    memory = gauge("system.memory.limit", number(1.0))
    assert commit([batch(bound, resource(here, memory))]) == [Receipt()]
    outcomes = commit([batch(bound, resource(there, memory)), batch(token, process())])
    assert statuses(outcomes) == [403, 200]
    refusal = outcomes[0]
    assert isinstance(refusal, Refusal)
    assert "there" in refusal.message
    assert Host.objects.filter(key="there").count() == 0
    assert ProcessSample.objects.count() == 1


def test_a_batch_that_cannot_be_stored_fails_its_own_sender_only(
    commit: Committer, token: Token, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = samples.write

    def picky(rows: Rows) -> None:
        if any(row.values["loop_utilization"] == 0.666 for row in rows.processes):
            raise DataError("no such number")
        write(rows)

    monkeypatch.setattr(samples, "write", picky)
    group = [batch(token, process("a")), batch(token, process("bb", 0.666)), batch(token, process("ccc"))]
    assert statuses(commit(group)) == [200, 400, 200]
    assert sorted(Service.objects.values_list("name", flat=True)) == ["a", "ccc"]
    assert ProcessSample.objects.count() == 2


def test_a_second_try_does_not_add_totals_twice(
    commit: Committer, token: Token, monkeypatch: pytest.MonkeyPatch
) -> None:
    def total(value: float, at: float) -> Batch:
        point = number(value, at=at, attrs={"cpu.mode": "user"})
        return batch(token, resource(PROCESS, counter("process.cpu.time", point, temporality=2)))

    commit([total(5.0, NOW - 10)])
    write, tries = samples.write, iter([RuntimeError("the first one fails"), None])

    def flaky(rows: Rows) -> None:
        error = next(tries)
        if error:
            raise error
        write(rows)

    monkeypatch.setattr(samples, "write", flaky)
    assert statuses(commit([total(7.0, NOW)])) == [200]
    assert list(ProcessSample.objects.values_list("cpu_user", flat=True)) == [2.0]


def test_a_database_that_is_away_asks_everybody_to_come_back(
    commit: Committer, token: Token, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(rows: Rows) -> None:
        raise OperationalError("server closed the connection")

    monkeypatch.setattr(samples, "write", away)
    outcomes = commit([batch(token, process("a")), batch(token, process("bb"))])
    assert statuses(outcomes) == [503, 503]
    assert all(b"retry-after" in dict(o.headers) for o in outcomes if isinstance(o, Refusal))
    monkeypatch.undo()
    assert commit([batch(token, process("a"))]) == [Receipt()]


def test_points_left_out_are_in_the_receipt(commit: Committer, token: Token) -> None:
    (receipt,) = commit([batch(token, resource(PROCESS, gauge(ELU, number(-1.0), number(0.5))))])
    assert isinstance(receipt, Receipt)
    assert receipt.rejected.total() == 1


def test_a_clock_that_is_off_is_kept_with_the_sample_and_on_the_host(commit: Committer, token: Token) -> None:
    ahead = NOW + 3600
    commit([batch(token, process(at=ahead), offset=-3600.0)])
    row = ProcessSample.objects.get()
    assert (row.time, row.at) == (ahead * 1e6, NOW * 1e6)
    assert Host.objects.get().clock_offset == -3600.0
    assert Host.objects.get().last_seen == datetime.fromtimestamp(NOW, UTC)
    commit([batch(token, process(at=ahead + 10), offset=-3600.3)])
    assert Host.objects.get().clock_offset == -3600.0
    commit([batch(token, process(at=NOW + 20), offset=0.0)])
    assert Host.objects.get().clock_offset == 0.0


def test_requests_that_probe_and_page_both_tell_are_counted_once(commit: Committer, token: Token) -> None:
    def told_by(sender: str, at: float) -> Batch:
        who = {**PROCESS, "telemetry.sdk.name": sender}
        requests = histogram("http.server.request.duration", explicit_point([10, 0], [0.1], 0.1, at=at))
        ports = gauge("advisor.process.listening_port.count", number(1.0, at=at))
        return batch(token, resource(who, requests, *([ports] if sender == "advisor-agent" else [])))

    commit([told_by("advisor-agent", NOW - 20)])
    commit([told_by("advisor-probe", NOW - 14)])
    (receipt,) = commit([told_by("advisor-agent", NOW - 10)])
    assert isinstance(receipt, Receipt)
    assert list(receipt.rejected) == [rejection.TOLD_FROM_INSIDE]
    stored = ProcessSample.objects.order_by("time").values_list("requests", "listening")
    assert list(stored) == [(10.0, 1.0), (10.0, None), (None, 1.0)]


def test_more_ports_than_a_machine_has_are_no_failure(commit: Committer, token: Token) -> None:
    ports = gauge("advisor.process.listening_port.count", number(8e8))
    assert commit([batch(token, resource(PROCESS, ports))]) == [Receipt()]
