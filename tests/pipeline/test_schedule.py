"""Each service is looked at by one worker at a time, whoever rings and however often."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries, Settings

from advisor.pipeline import schedule
from advisor.pipeline.models import Heartbeat, Schedule
from tests.recommendations.judgements import NOW, service

SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def _interval(settings: Settings) -> None:
    settings.EVALUATE_SECONDS = 10.0


@pytest.mark.django_db
class TestDue:
    def test_services_that_serve_and_were_seen(self) -> None:
        one = service()
        service(serves=False)
        service(seen=NOW - schedule.SEEN_WITHIN - SECOND)
        late = service(seen=NOW - schedule.SEEN_WITHIN)
        assert schedule.due(NOW) == [[one.pk, late.pk]]

    def test_one_that_goes_silent_is_left_and_comes_back(self) -> None:
        one = service()
        schedule.due(NOW)
        later = NOW + timedelta(hours=1)
        assert schedule.due(later) == []
        one.last_seen = later
        one.save()
        assert schedule.due(later) == [[one.pk]]

    def test_batches_are_bounded(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(schedule, "BATCH", 2)
        ids = [service().pk for _ in range(5)]
        assert schedule.due(NOW) == [ids[:2], ids[2:4], ids[4:]]

    def test_few_queries_for_many(self, django_assert_num_queries: DjangoAssertNumQueries) -> None:
        for _ in range(20):
            service()
        schedule.due(NOW)
        with django_assert_num_queries(2):
            assert len(schedule.due(NOW)[0]) == 20

    def test_nothing_to_look_at(self) -> None:
        assert schedule.due(NOW) == []


@pytest.mark.django_db
class TestLease:
    def leased(self) -> int:
        one = service()
        (ids,) = schedule.due(NOW)
        _, taken = schedule.lease(ids, NOW)
        assert taken == ids == [one.pk]
        return one.pk

    def test_what_is_taken_is_not_taken_again(self) -> None:
        one = self.leased()
        assert schedule.due(NOW) == []
        assert schedule.lease([one], NOW)[1] == []

    def test_the_next_round_comes_even_if_the_bell_is_early(self) -> None:
        one = service()
        name, _ = schedule.lease(schedule.due(NOW)[0], NOW)
        schedule.release(name)
        assert schedule.due(NOW + 7 * SECOND) == []
        assert schedule.due(NOW + 8 * SECOND) == [[one.pk]]

    def test_a_lost_workers_lease_runs_out(self) -> None:
        one = self.leased()
        end = NOW + timedelta(seconds=schedule.LEASE_SECONDS)
        assert schedule.due(end) == []
        assert schedule.due(end + SECOND) == [[one]]
        assert schedule.lease([one], end + SECOND)[1] == [one]

    def test_a_late_release_does_not_free_what_another_holds(self) -> None:
        one = service()
        (ids,) = schedule.due(NOW)
        lost, _ = schedule.lease(ids, NOW)
        later = NOW + timedelta(seconds=schedule.LEASE_SECONDS + 1)
        assert schedule.lease(ids, later)[1] == [one.pk]
        schedule.release(lost)
        assert Schedule.objects.get().leased_until == later + timedelta(seconds=schedule.LEASE_SECONDS)

    def test_it_takes_only_what_is_due(self) -> None:
        one, other = service(), service()
        schedule.due(NOW)
        Schedule.objects.filter(service=other).update(due_at=NOW + SECOND)
        assert schedule.lease([one.pk, other.pk, 0], NOW)[1] == [one.pk]


@pytest.mark.django_db
def test_a_beat_is_one_row_that_moves() -> None:
    schedule.beat(NOW)
    schedule.beat(NOW + SECOND)
    found = Heartbeat.objects.get()
    assert (found.name, found.at) == (Heartbeat.EVALUATION, NOW + SECOND)


@pytest.mark.django_db(transaction=True)
def test_of_many_bells_at_once_one_takes_each_service() -> None:
    ids = sorted(service().pk for _ in range(12))
    together = Barrier(4)

    def ring(_: int) -> list[int]:
        try:
            together.wait(30)
            return [taken for batch in schedule.due(NOW) for taken in schedule.lease(batch, NOW)[1]]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        taken = [service_id for found in pool.map(ring, range(4)) for service_id in found]
    assert sorted(taken) == ids
