"""hold: never firing before its time, never cleared by what is missing, the same after a restart."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.diagnosis import Condition, RuleState
from advisor.engine.hold import BACK, UNSEEN, Hold, enough
from advisor.vocabulary import Verdict

HOLD = Hold(fire=60.0, clear=120.0)
OVER, BETWEEN, UNDER, UNKNOWN = Condition.OVER, Condition.BETWEEN, Condition.UNDER, Condition.UNKNOWN

looks = st.lists(st.tuples(st.floats(0.5, 40.0), st.sampled_from(Condition)), max_size=60)


def run(*conditions: Condition, state: RuleState | None = None, start: float = 0.0) -> RuleState:
    """The state after one look each ten seconds."""
    state = state or RuleState()
    for n, condition in enumerate(conditions):
        state = HOLD.next(state, condition, start + 10.0 * n)
    return state


@settings(deadline=None)  # a shared machine may pause
@given(looks)
def test_firing_always_follows_a_whole_hold_of_over_and_of_what_was_lost_meanwhile(
    steps: list[tuple[float, Condition]],
) -> None:
    state, now, way = RuleState(), 1000.0, None
    for step, condition in steps:
        now += step
        way = _way(way, step, condition)
        before, state = state, HOLD.next(state, condition, now)
        if state.verdict is Verdict.FIRING and before.verdict is not Verdict.FIRING:
            assert way is not None
            assert way >= enough(HOLD.fire) - 1e-6


def _way(way: float | None, step: float, condition: Condition) -> float | None:
    """Seconds of the way to firing behind it after one more look; None where it has not begun."""
    if condition is UNDER or (way is None and condition is not OVER):
        return None
    if condition is OVER:
        return 0.0 if way is None else way + step
    return way - BACK * step if way is not None and way > BACK * step - 1e-6 else None


@settings(deadline=None)
@given(looks)
def test_clearing_always_follows_a_whole_clear_time_of_under(steps: list[tuple[float, Condition]]) -> None:
    state, now, under_since = RuleState(Verdict.FIRING, since=0.0), 1000.0, None
    for step, condition in steps:
        now += step
        under_since = (now if under_since is None else under_since) if condition is UNDER else None
        before, state = state, HOLD.next(state, condition, now)
        if before.verdict is Verdict.FIRING and state.verdict is not Verdict.FIRING:
            assert state.verdict is Verdict.CLEAR
            assert under_since is not None
            assert now - under_since >= enough(HOLD.clear)
            return


@settings(deadline=None)
@given(looks, st.floats(0.5, 1e6))
def test_missing_data_keeps_what_is_pending_or_firing(steps: list[tuple[float, Condition]], silence: float) -> None:
    state, now = RuleState(), 1000.0
    for step, condition in steps:
        now += step
        state = HOLD.next(state, condition, now)
    after = HOLD.next(state, UNKNOWN, now + silence)
    if state.verdict in (Verdict.PENDING, Verdict.FIRING):
        assert (after.verdict, after.since) == (state.verdict, state.since)
    else:
        assert after.verdict is Verdict.UNKNOWN
    assert after.under_since is None
    if after.over_since is not None:
        assert state.over_since is not None
        assert after.over_since > state.over_since


@settings(deadline=None)
@given(looks)
def test_a_state_that_was_written_and_read_goes_on_alike(steps: list[tuple[float, Condition]]) -> None:
    state, now = RuleState(), 1000.0
    stored = RuleState()
    for step, condition in steps:
        now += step
        state = HOLD.next(state, condition, now)
        row = json.loads(json.dumps(asdict(HOLD.next(stored, condition, now))))
        stored = RuleState(Verdict(row["verdict"]), row["since"], row["over_since"], row["under_since"], row["seen"])
        assert stored == state


def test_over_is_pending_first_and_says_until_when() -> None:
    state = run(OVER, OVER, OVER)
    assert state.verdict is Verdict.PENDING
    assert state.since == 0.0
    assert HOLD.until(state) == 60.0


def test_over_for_the_hold_fires_exactly_then() -> None:
    assert run(*[OVER] * 6).verdict is Verdict.PENDING
    fired = run(*[OVER] * 7)
    assert (fired.verdict, fired.since, HOLD.until(fired)) == (Verdict.FIRING, 60.0, None)


def test_a_look_that_comes_a_second_early_is_the_end_of_the_hold_and_not_one_round_before_it() -> None:
    hold = Hold(fire=300.0, clear=300.0)
    over = RuleState(Verdict.PENDING, since=0.0, over_since=0.0, seen=269.0)
    assert hold.next(over, OVER, 299.0).verdict is Verdict.FIRING
    assert hold.next(over, OVER, 294.0).verdict is Verdict.PENDING
    under = RuleState(Verdict.FIRING, since=0.0, under_since=0.0, seen=269.0)
    assert hold.next(under, UNDER, 299.0).verdict is Verdict.CLEAR
    assert hold.next(under, UNDER, 294.0).verdict is Verdict.FIRING


def test_without_a_hold_it_fires_at_once() -> None:
    assert Hold(0.0, 0.0).next(RuleState(), OVER, 5.0).verdict is Verdict.FIRING


@pytest.mark.parametrize("pause", [BETWEEN, UNKNOWN])
def test_a_break_costs_three_times_its_time(pause: Condition) -> None:
    broken = run(*[OVER] * 5, pause, *[OVER] * 3)
    assert broken.verdict is Verdict.PENDING
    assert broken.since == 0.0
    assert HOLD.until(broken) == 90.0
    assert run(*[OVER] * 5, pause, *[OVER] * 4).verdict is Verdict.FIRING


@pytest.mark.parametrize("pause", [BETWEEN, UNKNOWN])
def test_a_break_half_as_long_as_what_was_over_starts_the_hold_anew(pause: Condition) -> None:
    broken = run(*[OVER] * 4, *[pause] * 2, *[OVER] * 6)
    assert broken.verdict is Verdict.PENDING
    assert HOLD.until(broken) == 120.0


def test_what_is_over_three_times_of_four_fires_and_what_is_so_two_times_of_three_does_not() -> None:
    assert run(*[OVER, OVER, OVER, BETWEEN] * 6).verdict is Verdict.FIRING
    assert run(*[OVER, OVER, BETWEEN] * 300).verdict is Verdict.PENDING


def test_nothing_says_when_it_fires_while_it_goes_back() -> None:
    assert HOLD.until(run(*[OVER] * 5, BETWEEN)) is None


def test_between_keeps_firing_for_ever() -> None:
    assert run(*[OVER] * 7, *[BETWEEN] * 50).verdict is Verdict.FIRING


def test_what_is_only_pending_ends_when_it_was_not_over_once_in_the_time_to_clear() -> None:
    assert run(OVER, *[BETWEEN] * 12).verdict is Verdict.PENDING
    ended = run(OVER, *[BETWEEN] * 13)
    assert (ended.verdict, ended.since) == (Verdict.CLEAR, 130.0)


@pytest.mark.parametrize("between", [OVER, UNKNOWN])
def test_pending_goes_on_where_it_was_over_in_between_or_nobody_knew(between: Condition) -> None:
    assert run(OVER, *[BETWEEN] * 12, between, *[BETWEEN] * 12).verdict is Verdict.PENDING


def test_what_was_only_pending_clears_at_once() -> None:
    assert run(OVER, OVER, UNDER).verdict is Verdict.CLEAR


def test_firing_clears_after_its_time_and_not_if_broken() -> None:
    firing = run(*[OVER] * 7)
    assert run(*[UNDER] * 12, state=firing, start=100.0).verdict is Verdict.FIRING
    assert run(*[UNDER] * 13, state=firing, start=100.0).verdict is Verdict.CLEAR
    assert run(*[UNDER] * 10, UNKNOWN, *[UNDER] * 10, state=firing, start=100.0).verdict is Verdict.FIRING


@pytest.mark.parametrize(("first", "verdict"), [(UNKNOWN, "unknown"), (UNDER, "clear"), (BETWEEN, "clear")])
def test_a_rule_never_seen_answers_at_once(first: Condition, verdict: str) -> None:
    assert run(first).verdict.value == verdict


def test_since_stays_while_the_verdict_does() -> None:
    assert run(UNDER, UNDER, UNDER).since == 0.0
    assert run(UNDER, UNKNOWN, UNKNOWN).since == 10.0


def test_a_clock_set_back_does_not_fire_early() -> None:
    ahead = RuleState(Verdict.PENDING, since=500.0, over_since=500.0)
    back = HOLD.next(ahead, OVER, 100.0)
    assert (back.verdict, HOLD.until(back)) == (Verdict.PENDING, 160.0)


def test_a_time_in_which_nobody_looked_counts_for_neither_side() -> None:
    over = RuleState(Verdict.PENDING, since=0.0, over_since=0.0, seen=0.0)
    assert HOLD.next(over, OVER, 3600.0).verdict is Verdict.PENDING
    under = RuleState(Verdict.FIRING, since=0.0, under_since=10.0, seen=10.0)
    assert HOLD.next(under, UNDER, 7200.0).verdict is Verdict.FIRING


def test_looks_at_their_usual_distance_count() -> None:
    over = RuleState(Verdict.PENDING, since=0.0, over_since=0.0, seen=50.0)
    assert HOLD.next(over, OVER, 60.0).verdict is Verdict.FIRING


def test_a_rule_that_is_seldom_looked_at_keeps_its_clock_between_two_looks() -> None:
    slow = Hold(fire=600.0, clear=600.0, pace=600.0)
    once = slow.next(RuleState(), OVER, 0.0)
    assert slow.next(replace(once, seen=0.0), OVER, 600.0).verdict is Verdict.FIRING
    assert slow.next(replace(once, seen=0.0), OVER, 1201.0).verdict is Verdict.PENDING


def test_looks_that_are_further_apart_than_what_counts_as_unseen_never_fire_and_never_clear() -> None:
    """Why the settings refuse such a pace."""
    hold, over, under = Hold(120.0, 300.0), RuleState(), RuleState(Verdict.FIRING, since=0.0)
    for minute in range(60):
        now = minute * (UNSEEN + 0.01)
        over, under = hold.next(over, OVER, now), hold.next(under, UNDER, now)
    assert (over.verdict, under.verdict) == (Verdict.PENDING, Verdict.FIRING)
