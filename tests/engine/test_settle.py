"""settle: after a known change nothing fires or clears for a while, and it is not advised to be taken back at once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from advisor.diagnosis import Condition, Judgement, RuleState
from advisor.engine import judge, settle, spans
from advisor.features import Life, Snapshot
from advisor.vocabulary import Severity, Stand, Verdict
from advisor.vocabulary.events import EXITED
from tests.additions import happened, life, with_events, with_figures, with_lives
from tests.builders import NOW, Load, service, snapshot
from tests.engine.invented import install, of, reads, rule
from tests.strategies.test_rebalance import COOL, HOT

OVER, UNDER = Condition.OVER, Condition.UNDER
DAY = 86_400.0


def deployed(ago: float, time_scale: float = 1.0, seen: Snapshot | None = None) -> Snapshot:
    """Version 2 took the place of version 1 so many seconds ago."""
    seen = with_lives(
        seen or snapshot(time_scale=time_scale), life(DAY, ago, 1, version="1"), life(ago, 0, 10, version="2")
    )
    return with_events(seen, happened(EXITED.name, ago, 1, signal="SIGTERM"))


def scaled(ago: float, before: int, after: int, seen: Snapshot | None = None) -> Snapshot:
    """From so many processes to so many, so many seconds ago."""
    stay = [life(DAY, 0, n) for n in range(min(before, after))]
    new: list[Life] = [life(ago, 0, 50 + n) for n in range(after - before)]
    gone = [life(DAY, ago, 80 + n) for n in range(before - after)]
    told = [happened(EXITED.name, ago, one.instance_id, exit_code=0) for one in gone]
    return with_events(with_lives(seen or snapshot(), *stay, *new, *gone), *told)


def wait(seen: Snapshot) -> float | None:
    """Seconds from now until the freeze ends; None where there is none."""
    found = settle.freeze(seen)
    return None if found is None else found.until - seen.now


class TestFreeze:
    @pytest.mark.parametrize("ago", [700.0, 1400.0, 1700.0])
    def test_a_window_that_shows_no_start_tells_of_no_slow_one(self, ago: float) -> None:
        """What the store gives, eleven minutes, begins in the middle of a life that answered at once."""
        window = service(Load(age=ago), seconds=spans.window_seconds(1.0))
        lives = life(DAY, ago, 1, version="1"), life(ago, 0, 10, version="2")
        seen = with_events(with_lives(Snapshot(window, NOW), *lives), happened(EXITED.name, ago, 1, signal="SIGTERM"))
        assert wait(seen) is None

    @pytest.mark.parametrize("scale", [1.0, 5.0])
    def test_a_deploy_freezes_for_five_minutes(self, scale: float) -> None:
        assert wait(deployed(100 / scale, scale)) == pytest.approx(200 / scale, abs=1.0)
        assert wait(deployed(310 / scale, scale)) is None

    @pytest.mark.parametrize(("before", "after"), [(2, 4), (4, 2)])
    def test_so_does_a_change_of_scale(self, before: int, after: int) -> None:
        assert wait(scaled(60, before, after)) == pytest.approx(240, abs=1.0)

    def test_restarts_do_not(self) -> None:
        lives = [life(DAY, 60, 1), life(55, 0, 2), life(DAY, 0, 3)]
        assert wait(with_events(with_lives(snapshot(), *lives), happened(EXITED.name, 60, 1, exit_code=1))) is None

    def test_nothing_known_freezes_nothing(self) -> None:
        assert wait(snapshot()) is None

    def test_twice_a_slow_start_is_waited_for(self) -> None:
        """The process that began 500 s ago answered its first request 300 s later."""
        seen = with_lives(snapshot(Load(age=500.0)), life(DAY, 500, 1, version="1"), life(500, 0, 10, version="2"))
        seen = with_events(seen, happened(EXITED.name, 500, 1, signal="SIGTERM"))
        times = seen.window.instances[0].track.times
        slow = with_figures(seen, requests=[600.0 if at > NOW - 200 else 0.0 for at in times])
        assert wait(seen) is None
        assert wait(slow) == pytest.approx(100, abs=20.0)  # twice what a sample may be late

    def test_a_change_that_does_not_end_is_how_the_service_is(self) -> None:
        lives = [life(ago + 200, max(ago - 60, 0), n) for n, ago in enumerate(range(0, 2400, 120))]
        assert wait(with_lives(snapshot(), *lives)) is None

    @pytest.mark.parametrize(("count", "left"), [(3, 240.0), (11, None)])
    def test_nor_are_deploys_that_follow_each_other_without_end(self, count: int, left: float | None) -> None:
        """Every four minutes, the last one a minute ago: figures never settle, and half an hour is all that counts."""
        agos = [60 + 240 * n for n in reversed(range(count))]
        ends = [*agos, 0]
        lives = [life(DAY, agos[0], 1), *(life(ends[n], ends[n + 1], 10 + n) for n in range(count))]
        events = [happened(EXITED.name, agos[0], 1, exit_code=0)]
        events += [happened(EXITED.name, ends[n + 1], 10 + n, exit_code=0) for n in range(count - 1)]
        expected = left if left is None else pytest.approx(left, abs=1.0)
        assert wait(with_events(with_lives(snapshot(), *lives), *events)) == expected


def looked(monkeypatch: pytest.MonkeyPatch, seen: Snapshot, condition: Condition, **more: Any) -> Judgement:
    install(monkeypatch, rule("loop", 7, reads(condition), **more), rule("crash-loop", 1, reads(UNDER), settles=False))
    states = {"loop": RuleState(Verdict.PENDING, NOW - 500, over_since=NOW - 500, seen=NOW - 10)}
    return judge(seen, states)


class TestFrozen:
    @pytest.mark.parametrize("condition", [OVER, UNDER])
    def test_nothing_fires_and_nothing_clears(self, monkeypatch: pytest.MonkeyPatch, condition: Condition) -> None:
        loop = of(looked(monkeypatch, deployed(100), condition), "loop")
        assert (loop.verdict, loop.since, loop.until) == (Verdict.PENDING, NOW - 500, None)
        assert (loop.state.over_since, loop.state.under_since) == (None, None)
        assert loop.reading.claim == "shop: 3 of 4 things are wrong"
        assert loop.note == (
            "Waits until 2023-11-14 22:16 UTC because of the deploy at 2023-11-14 22:11 UTC: "
            "version 2 took the place of 1."
        )

    def test_no_advice_is_given_on_figures_that_have_not_settled(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert looked(monkeypatch, deployed(100), OVER).advice == ()
        assert looked(monkeypatch, deployed(400), OVER).advice != ()

    def test_what_a_change_does_not_disturb_goes_on(self, monkeypatch: pytest.MonkeyPatch) -> None:
        loop = of(looked(monkeypatch, deployed(100), OVER, settles=False), "loop")
        assert (loop.verdict, loop.note) == (Verdict.FIRING, "")

    def test_what_waits_still_forbids_what_it_did(self, monkeypatch: pytest.MonkeyPatch) -> None:
        full = snapshot(Load(elu=0.9, cpu=0.88, rps=170, latency=0.0055))
        loop = rule("loop", 7, reads(OVER), suggests=("cluster",), settles=False)
        install(monkeypatch, loop, rule("datastore-read-bound", 10, reads(OVER)))
        for verdict, options in ((Verdict.FIRING, 0), (Verdict.CLEAR, 1)):
            states = {"datastore-read-bound": RuleState(verdict, NOW - 500, seen=NOW - 10)}
            (advice,) = judge(deployed(100, seen=full), states).advice
            assert len(advice.options) == options

    def test_what_was_never_looked_at_is_unknown_and_says_why(self, monkeypatch: pytest.MonkeyPatch) -> None:
        install(monkeypatch, rule("loop", 7, reads(OVER)))
        loop = of(judge(deployed(100), {}), "loop")
        assert loop.verdict is Verdict.UNKNOWN
        assert loop.reading.missing == (loop.note.rstrip("."),)

    def test_a_healthy_service_stays_so_and_says_what_waits(self) -> None:
        clear = {name: RuleState(Verdict.CLEAR, NOW - 900) for name in _ids()}
        summary = judge(deployed(100), clear).summary
        assert summary.stand is Stand.HEALTHY
        assert "Waits until" in summary.sentence

    def test_users_that_wait_meanwhile_are_no_riddle_yet(self) -> None:
        slow = deployed(100)
        slow = replace(
            slow, window=replace(slow.window, instances=snapshot(Load(elu=0.2, rps=20, latency=0.9)).window.instances)
        )
        assert (
            judge(slow, {name: RuleState(Verdict.CLEAR, NOW - 900) for name in _ids()}).summary.stand
            is Stand.INSUFFICIENT
        )


def _ids() -> list[str]:
    return [ruling.rule for ruling in judge(snapshot(), {}).rulings]


class TestOpposites:
    def offered(
        self, monkeypatch: pytest.MonkeyPatch, ago: float, before: int, after: int, severity: Severity
    ) -> tuple[list[str], dict[str, str]]:
        """What is offered to a full loop, and what is turned down why."""
        full = snapshot(Load(elu=0.9, cpu=0.88, rps=170, latency=0.0055))
        reading = reads(OVER, severity=severity)
        install(monkeypatch, rule("loop", 7, reading, suggests=("cluster",), settles=False))
        (advice,) = judge(scaled(ago, before, after, full), {}).advice
        return [option.id for option in advice.options], {no.id: no.reason for no in advice.rejected}

    def test_no_copies_right_after_a_step_down(self, monkeypatch: pytest.MonkeyPatch) -> None:
        options, rejected = self.offered(monkeypatch, 900, 4, 2, Severity.WARNING)
        assert options == []
        assert "from 4 to 2 processes; the opposite waits until" in rejected["cluster"]

    def test_uneven_load_may_be_shared_out_otherwise_at_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """It adds no copy, so it takes nothing back."""
        install(monkeypatch, rule("uneven-load", 4, reads(OVER), suggests=("rebalance",), settles=False))
        (advice,) = judge(scaled(900, 4, 3, snapshot(HOT, COOL, COOL)), {}).advice
        assert [option.id for option in advice.options] == ["rebalance"]

    def test_nor_is_a_way_around_a_blocked_process_another_copy(self, monkeypatch: pytest.MonkeyPatch) -> None:
        blocked = snapshot(*[Load(elu=0.08, rps=3, block=0.3)] * 3)
        install(monkeypatch, rule("event-loop-blocked", 7, reads(OVER), suggests=("load-balance",), settles=False))
        (advice,) = judge(scaled(900, 4, 3, blocked), {}).advice
        assert [option.id for option in advice.options] == ["load-balance"]

    @pytest.mark.parametrize(
        ("ago", "before", "after", "severity"),
        [(2000, 4, 2, Severity.WARNING), (900, 2, 4, Severity.WARNING), (900, 4, 2, Severity.CRITICAL)],
    )
    def test_copies_after_a_while_or_in_the_same_direction_or_if_users_are_hurt(
        self, monkeypatch: pytest.MonkeyPatch, ago: float, before: int, after: int, severity: Severity
    ) -> None:
        options, _ = self.offered(monkeypatch, ago, before, after, severity)
        assert options == ["cluster"]
