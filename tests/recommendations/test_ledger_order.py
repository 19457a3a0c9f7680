"""Whatever the order of judgements, and whoever records them: at most one alive, one step per change."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from advisor.recommendations import ledger
from advisor.recommendations.models import Recommendation, RuleVerdict, Transition
from advisor.vocabulary import Progress, Verdict
from tests.recommendations.judgements import NOW, T, judgement, service


class TestAnyOrder(TestCase):
    @settings(max_examples=60, deadline=None)
    @given(st.lists(st.tuples(st.sampled_from(Verdict), st.integers(-15, 30), st.floats(0.5, 1.0)), max_size=12))
    def test_at_most_one_alive_and_one_step_per_change(self, looks: list[tuple[Verdict, int, float]]) -> None:
        one, at = service(), T
        for verdict, seconds, busy in looks:
            at += seconds
            before = Transition.objects.count()
            changes = ledger.record(judgement(one.pk, verdict, at, busy), NOW)
            assert Transition.objects.count() - before == len(changes.transitions) <= 1
            assert Recommendation.objects.filter(ended_at__isnull=True).count() <= 1
        for row in Recommendation.objects.all():
            chain = list(row.transitions.order_by("pk").values_list("before", "after"))
            assert [after for _, after in chain[:-1]] == [before for before, _ in chain[1:]]
            assert chain[0][0] == ""
            assert chain[-1][1] == row.state
            assert (row.ended_at is not None) == (row.state == Progress.RESOLVED)


@pytest.mark.django_db(transaction=True)
def test_two_workers_make_one_row() -> None:
    ids = [service().pk for _ in range(4)]
    together = Barrier(4)

    def work(worker: int) -> int:
        try:
            together.wait(30)
            looks = [ledger.record(judgement(service_id, Verdict.FIRING, T + worker % 2), NOW) for service_id in ids]
            return sum(len(changes.transitions) for changes in looks)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, range(4))) == len(ids)
    assert Recommendation.objects.count() == RuleVerdict.objects.count() == len(ids)
