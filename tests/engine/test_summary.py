"""summary: "nothing to do" and "more copies will not help" are answers; what nobody knows is never called healthy."""

from __future__ import annotations

import pytest

from advisor.diagnosis import Condition
from advisor.engine import judge
from advisor.features import Snapshot
from advisor.vocabulary import PartKind, Stand, Verdict
from tests.additions import with_part, with_window
from tests.builders import NOW, Load, Machine, Senders, service, snapshot
from tests.engine.invented import RECALL, figure, install, look, reads, rule

OVER, UNDER, UNKNOWN = Condition.OVER, Condition.UNDER, Condition.UNKNOWN
VITAL = "event-loop-saturated"


class TestHealthy:
    @pytest.mark.parametrize("scale", [1.0, 5.0])
    def test_nothing_to_do_names_the_nearest_limit(self, scale: float) -> None:
        summary = judge(snapshot(Load(elu=0.4, rps=80, noise=0.0), time_scale=scale), {}).summary
        assert summary.stand is Stand.HEALTHY
        assert summary.sentence.startswith("Nothing to do. Nearest to its limit: event loop busy, 40%, 50% of 80%.")

    def test_the_nearest_is_the_greatest_share_of_a_limit(self, monkeypatch: pytest.MonkeyPatch) -> None:
        near, far = figure("memory", 0.6, 0.8), figure("host", 0.5, 0.9)
        install(monkeypatch, rule(VITAL, 7, reads(UNDER, 0.0, far)), rule("b", 2, reads(UNDER, 0.0, near)))
        assert "memory, 60%, 75% of 80%" in look().summary.sentence

    def test_what_gets_better_as_it_grows_has_no_nearest_limit(self, monkeypatch: pytest.MonkeyPatch) -> None:
        install(monkeypatch, rule(VITAL, 7, reads(UNDER, 0.0, figure("rest", 0.9, 0.5, "below"))))
        assert look().summary.sentence == "Nothing to do: no rule that can speak sees trouble."

    def test_what_could_not_be_seen_is_named_too(self, monkeypatch: pytest.MonkeyPatch) -> None:
        install(monkeypatch, rule(VITAL, 7, reads(UNDER)), rule("websocket-capacity", 8, reads(UNKNOWN)))
        summary = look().summary
        assert (summary.stand, summary.missing) == (Stand.HEALTHY, ("A signal (advisor.test): send it",))


class TestNotKnown:
    def test_no_process_is_too_little_data(self) -> None:
        summary = judge(Snapshot(service(senders=Senders(silent=300.0)), NOW), {}).summary
        assert summary.stand is Stand.INSUFFICIENT
        assert "no process of the service reports any more" in summary.sentence

    def test_a_young_service_is_too_little_data(self) -> None:
        assert judge(snapshot(Load(age=200.0)), {}).summary.stand is Stand.INSUFFICIENT

    def test_holes_are_too_little_data(self) -> None:
        summary = judge(snapshot(senders=Senders(lost=0.4), seed=5), {}).summary
        assert summary.stand is Stand.INSUFFICIENT
        assert "80% are needed" in summary.sentence

    def test_without_any_vital_answer_nobody_knows(self, monkeypatch: pytest.MonkeyPatch) -> None:
        install(monkeypatch, rule(VITAL, 7, reads(UNKNOWN)), rule("disk-filling", 2, reads(UNDER)))
        summary = look().summary
        assert summary.stand is Stand.UNKNOWN
        assert summary.missing == ("A signal (advisor.test): send it",)

    def test_a_service_with_an_aim_of_its_own_is_healthy_within_it(self) -> None:
        slow = snapshot(Load(elu=0.2, rps=20, latency=0.9))
        assert judge(with_window(slow, limits={"downstream-bound": {"slow": 5.0}}), {}).summary.stand is Stand.HEALTHY
        limits = {"downstream-bound": {"slow": 0.2, "relaxed": 0.1}}
        strict = judge(with_window(snapshot(Load(elu=0.2, rps=20, latency=0.3)), limits=limits), {})
        assert "more than 200 ms" in strict.summary.sentence

    def test_slow_answers_that_no_rule_explains_are_not_healthy(self) -> None:
        summary = judge(snapshot(Load(elu=0.2, rps=20, latency=0.9)), {}).summary
        assert summary.stand is Stand.UNKNOWN
        assert summary.sentence.startswith("Users wait: 95% of requests are answered within 1.5 s, more than 1 s")
        assert summary.missing

    def test_failed_requests_that_no_rule_explains_are_not_healthy(self) -> None:
        failing = with_part(snapshot(), PartKind.ROUTE, "GET /broken", count=10.0, errors=5.0)
        summary = judge(failing, {}).summary
        assert summary.stand is Stand.UNKNOWN
        assert summary.sentence.startswith("Requests fail: ")

    @pytest.mark.parametrize(("aborted", "what"), [(1.0, "fail: "), (4.0, "are broken off before they are answered: ")])
    def test_requests_that_clients_leave_are_told_apart(self, aborted: float, what: str) -> None:
        left = with_part(snapshot(), PartKind.ROUTE, "GET /slow", count=10.0, errors=5.0, aborted=aborted)
        assert judge(left, {}).summary.sentence.startswith(f"Requests {what}")

    def test_a_few_failures_are_within_bounds(self) -> None:
        seen = with_part(snapshot(), PartKind.ROUTE, "GET /broken", count=1000.0, errors=5.0)
        assert judge(seen, {}).summary.stand is Stand.HEALTHY

    def test_few_slow_requests_say_nothing(self) -> None:
        assert judge(snapshot(Load(elu=0.02, rps=0.2, latency=0.9)), {}).summary.stand is Stand.HEALTHY


class TestTrouble:
    def test_it_is_the_claim_of_what_comes_first(self, monkeypatch: pytest.MonkeyPatch) -> None:
        install(monkeypatch, rule("gc", 6, reads(OVER)), rule("loop", 7, reads(OVER), ["gc"]))
        summary = look().summary
        assert summary.stand is Stand.TROUBLE
        assert summary.sentence.startswith("shop: 3 of 4 things are wrong.")

    def test_it_says_with_a_number_where_copies_do_not_help(self, monkeypatch: pytest.MonkeyPatch) -> None:
        install(monkeypatch, rule("memory-leak", 11, reads(OVER, 0.8, figure("growth", 0.2, 0.08)), suggests=()))
        assert look().summary.sentence.endswith("More copies will not help. Growth: 20% (limit: at least 8%).")

    def test_what_was_not_looked_at_this_time_is_trouble_all_the_same(self, monkeypatch: pytest.MonkeyPatch) -> None:
        install(monkeypatch, rule("memory-leak", 11, reads(OVER), recall=RECALL), rule(VITAL, 7, reads(UNDER)))
        summary = look(memory_leak=Verdict.FIRING).summary
        assert (summary.stand, summary.sentence) == (Stand.TROUBLE, "Memory leak, as it was last looked at.")

    def test_users_that_wait_are_explained_by_what_stands(self) -> None:
        full = snapshot(Load(elu=0.9, cpu=0.88, rps=20, latency=0.9), machine=Machine(cpu=0.5))
        assert judge(full, {}).summary.stand is Stand.TROUBLE
