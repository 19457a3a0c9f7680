"""Every message gets there, is told apart by its id, and gives up in the open."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier, Event
from types import SimpleNamespace

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from advisor.alerts import dispatch, outbox
from advisor.alerts.channels.base import ChannelError
from advisor.alerts.models import Attempt, Channel, Delivery
from tests.alerts.outbox_rows import another_channel, channel, delivery, opened
from tests.alerts.post import Post
from tests.recommendations.judgements import NOW

HOUR = timedelta(hours=1)


@pytest.mark.django_db
class TestTries:
    def test_one_that_arrives(self, post: Post) -> None:
        channel()
        row = delivery()
        log = outbox.attempt(row.pk)
        assert log is not None
        assert (log.ok, log.answer) == (True, "ok")
        row.refresh_from_db()
        assert (row.state, row.tries, row.leased_until) == ("delivered", 1, None)
        assert outbox.attempt(row.pk) is None
        assert len(post.sent) == Attempt.objects.count() == 1

    def test_one_that_never_arrives_is_tried_on_the_schedule(self, post: Post) -> None:
        post.trouble = ChannelError("HTTP 500")
        channel()
        row = delivery(NOW)
        waits = []
        with time_machine.travel(NOW, tick=False) as clock:
            while row.state == Delivery.State.DUE:
                assert outbox.due(timezone.now() - timedelta(milliseconds=1)) == []
                outbox.send(outbox.due(timezone.now()))
                tried = row.due_at
                row.refresh_from_db()
                waits.append((row.due_at - tried).total_seconds())
                clock.move_to(row.due_at)
        assert len(waits) == len(outbox.WAITS)
        for wait, planned in zip(waits, outbox.WAITS[1:], strict=False):
            assert 0.8 * planned <= wait <= 1.2 * planned
        assert (row.state, row.tries, Attempt.objects.filter(ok=False).count()) == ("failed", 10, 10)
        assert {sent.pk for sent in post.sent} == {row.pk}
        assert Channel.objects.get().enabled

    def test_gone_gives_up_at_once_and_switches_the_channel_off(self, post: Post) -> None:
        post.trouble = ChannelError("HTTP 410", permanent=True)
        channel()
        row, waiting = delivery(), delivery()
        outbox.attempt(row.pk)
        row.refresh_from_db()
        assert (row.state, Channel.objects.get().enabled) == ("failed", False)
        log = outbox.attempt(waiting.pk)
        assert log is not None
        assert log.answer == "The channel is switched off."
        assert len(post.sent) == 1

    def test_a_fault_of_ours_is_tried_again(self, post: Post) -> None:
        post.trouble = ZeroDivisionError("by zero")
        channel()
        row = delivery()
        log = outbox.attempt(row.pk)
        row.refresh_from_db()
        assert log is not None
        assert (log.answer, row.state) == ("ZeroDivisionError: by zero", "due")

    def test_a_test_message_is_tried_once(self, post: Post) -> None:
        post.trouble = ChannelError("HTTP 500")
        row = dispatch.test(channel(), timezone.now())
        assert outbox.attempt(row.pk) is not None
        row.refresh_from_db()
        assert row.state == "failed"

    def test_an_unknown_kind_is_switched_off(self) -> None:
        channel("pigeon")
        log = outbox.attempt(delivery().pk)
        assert log is not None
        assert not Channel.objects.get().enabled

    def test_long_answers_are_cut(self, post: Post) -> None:
        post.trouble = ChannelError("x\0" * 300)
        channel()
        log = outbox.attempt(delivery().pk)
        assert log is not None
        assert len(log.answer) == 255

    def test_what_is_not_due_is_not_tried(self, post: Post) -> None:
        channel()
        row = delivery(timezone.now() + HOUR)
        assert outbox.due(timezone.now()) == []
        assert outbox.attempt(row.pk) is None
        assert outbox.send([row.pk]) == 0
        assert post.sent == []


@pytest.mark.django_db
class TestLeases:
    def leased(self, until: datetime) -> Delivery:
        row = delivery()
        Delivery.objects.filter(pk=row.pk).update(leased_until=until, tries=1)
        return row

    def test_a_leased_one_is_left_alone(self, post: Post) -> None:
        channel()
        row = self.leased(timezone.now() + HOUR)
        assert outbox.due(timezone.now()) == []
        assert outbox.attempt(row.pk) is None

    def test_a_lost_workers_lease_runs_out(self, post: Post) -> None:
        channel()
        row = self.leased(timezone.now() - timedelta(seconds=1))
        assert outbox.due(timezone.now()) == [row.pk]
        assert outbox.attempt(row.pk) is not None
        assert [sent.pk for sent in post.sent] == [row.pk]

    def test_a_message_that_kills_every_worker_is_given_up(self, post: Post) -> None:
        channel()
        row = self.leased(timezone.now() - timedelta(seconds=1))
        Delivery.objects.filter(pk=row.pk).update(tries=len(outbox.WAITS))
        log = outbox.attempt(row.pk)
        row.refresh_from_db()
        assert log is not None
        assert (row.state, log.ok, post.sent) == ("failed", False, [])
        assert "lost each time" in log.answer

    def test_one_receiver_gets_two_at_a_time(self, post: Post) -> None:
        one = channel()
        for _ in range(2):
            self.leased(timezone.now() + HOUR)
        assert outbox.attempt(delivery().pk) is None
        Delivery.objects.filter(channel=one, leased_until__isnull=False).update(leased_until=timezone.now())
        assert outbox.attempt(delivery().pk) is not None

    def test_a_late_failure_does_not_undo_a_success(self, post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
        channel()
        row = delivery()

        def overtaken(sent: Delivery) -> str:
            Delivery.objects.filter(pk=sent.pk).update(state=Delivery.State.DELIVERED)
            raise ChannelError("no answer within 15 s")

        monkeypatch.setattr(post, "send", overtaken)
        outbox.attempt(row.pk)
        row.refresh_from_db()
        assert row.state == "delivered"

    def test_a_backlog_of_one_channel_leaves_room_for_others(self, post: Post) -> None:
        full = channel()
        Delivery.objects.bulk_create(
            Delivery(channel=full, subject=f"{number}", due_at=NOW - HOUR) for number in range(outbox._PER_SWEEP + 5)
        )
        other = Delivery.objects.create(channel=another_channel(), subject="last", due_at=NOW)
        found = outbox.due(timezone.now())
        assert len(found) == outbox._PER_SWEEP + 1
        assert other.pk in found

    def test_no_try_starts_late(self, post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(outbox, "_START_SECONDS", -1.0)
        channel()
        assert outbox.send([delivery().pk]) == 0
        assert post.sent == []


def test_the_schedule_is_the_standards() -> None:
    assert sum(outbox.WAITS) == pytest.approx(75 * 3600 + 35 * 60 + 5)


@pytest.mark.django_db(transaction=True)
def test_a_hanging_receiver_delays_only_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    quick_is_done = Event()
    hanging, _ = channel("slow"), another_channel("quick")

    def send(row: Delivery) -> str:
        if row.channel.kind == "slow":
            assert quick_is_done.wait(30)
        else:
            quick_is_done.set()
        return "ok"

    monkeypatch.setattr(outbox, "sender", lambda kind: SimpleNamespace(send=send))
    ids = dispatch.tell([opened()], timezone.now())
    assert Delivery.objects.filter(channel=hanging).exists()
    assert outbox.send(ids) == 2
    assert set(Delivery.objects.values_list("state", flat=True)) == {"delivered"}


@pytest.mark.django_db(transaction=True)
def test_of_many_workers_one_sends(post: Post) -> None:
    channel()
    ids = [delivery().pk for _ in range(3)]
    together = Barrier(4)

    def work(_: int) -> int:
        try:
            together.wait(30)
            return sum(outbox.attempt(found) is not None for found in ids)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        tried = sum(pool.map(work, range(4)))
    assert len(post.sent) == len({row.pk for row in post.sent}) == tried
    assert {row.tries for row in Delivery.objects.filter(state="delivered")} == {1}
