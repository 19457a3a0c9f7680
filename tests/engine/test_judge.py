"""judge: the whole pure side on one service, also over time and beside its neighbours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from advisor.diagnosis import Condition, Judgement, RuleState
from advisor.engine import RULES, STRATEGIES, judge
from advisor.engine.judge import FAILED, NONE_LEFT
from advisor.features import ServiceWindow, Snapshot, Track
from advisor.vocabulary import Verdict
from tests.builders import NOW, Load, Machine, Senders, service, snapshot
from tests.heaps import the_last

SCALE = 5.0
CHECKOUT = Load(elu=0.885, cpu=0.85, rps=175, latency=0.0055, routes={"GET /checkout": 1.0})
REPORTS = Load(elu=0.08, cpu=0.075, rps=3, block=0.3, block_every=4.0)
DEMO_HOST = Machine(cores=2, cpu=0.72, pressure=0.3)


def looks(load: Load, machine: Machine, seconds: float, seed: int = 1) -> Iterator[tuple[float, Judgement]]:
    """What the product says each ten seconds from the start of a process on, at the demo's time scale."""
    states: dict[str, RuleState] = {}
    whole = service(
        replace(load, age=seconds), machine=machine, senders=Senders(interval=2.0), seconds=seconds + 60, seed=seed
    )
    begin = NOW - seconds
    for now in (begin + 10.0 * n for n in range(1, int(seconds / 10) + 1)):
        judgement = judge(Snapshot(_until(whole, now), now, SCALE), states)
        states = {ruling.rule: ruling.state for ruling in judgement.rulings}
        yield now - begin, judgement


def _until(window: ServiceWindow, now: float) -> ServiceWindow:
    """The window as the store had it then: 132 seconds, nothing that came later, one sample late."""

    def cut(track: Track) -> Track:
        first, size = (int((track.times <= now - ago).sum()) for ago in (132.0, 1.0))
        latencies = {row - first: h for row, h in track.latencies.items() if first <= row < size}
        values = {name: column[first:size] for name, column in track.values.items()}
        return Track(track.times[first:size], track.spans[first:size], values, latencies)

    instances = tuple(replace(instance, track=cut(instance.track)) for instance in window.instances)
    hosts = tuple(
        replace(host, track=cut(host.track), loops={key: cut(loop) for key, loop in host.loops.items()})
        for host in window.hosts
    )
    return replace(window, start=now - 132.0, end=now, instances=instances, hosts=hosts)


def first_firing(rule: str, load: Load, machine: Machine, seconds: float, seed: int) -> float:
    """Seconds from the start of the process to the rule's firing; nothing else may fire meanwhile."""
    fired = float("inf")
    for elapsed, judgement in looks(load, machine, seconds, seed):
        firing = {ruling.rule for ruling in judgement.rulings if ruling.verdict is Verdict.FIRING}
        assert firing <= {rule}
        fired = min(fired, elapsed) if firing else fired
    return fired


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize(
    ("rule", "load", "machine"),
    [
        ("event-loop-saturated", CHECKOUT, DEMO_HOST),
        ("event-loop-blocked", REPORTS, replace(DEMO_HOST, other_loops=(0.885,))),
    ],
)
def test_in_the_demo_each_service_fires_its_rule_within_three_minutes(
    rule: str, load: Load, machine: Machine, seed: int
) -> None:
    assert 60 <= first_firing(rule, load, machine, 220.0, seed) <= 180


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_healthy_service_never_even_pends(seed: int) -> None:
    verdicts = {
        ruling.verdict
        for _, judgement in looks(Load(elu=0.4, rps=80), DEMO_HOST, 220.0, seed)
        for ruling in judgement.rulings
    }
    assert verdicts <= {Verdict.CLEAR, Verdict.UNKNOWN}


def test_forming_is_shown_with_its_time_and_its_advice() -> None:
    pending = [
        (ruling, judgement)
        for _, judgement in looks(CHECKOUT, DEMO_HOST, 120.0)
        for ruling in judgement.rulings
        if ruling.verdict is Verdict.PENDING
    ]
    ruling, judgement = pending[0]
    assert ruling.until == pytest.approx(judgement.at + 60.0)
    assert judgement.advice[0].ruling == ruling
    assert judgement.advice[0].options


def test_checkout_is_told_to_run_two_workers_and_not_to_buy_a_machine() -> None:
    advice = judge(snapshot(CHECKOUT, machine=DEMO_HOST, time_scale=SCALE), {}).advice[0]
    assert (advice.options[0].rank, advice.options[0].id) == (1, "cluster")
    assert advice.options[0].title == "Run 2 workers on web-1"
    reasons = {rejection.id: rejection.reason for rejection in advice.rejected}
    assert "0.5 of 2 cores" in reasons["vertical"]
    assert "10 ms" in reasons["worker-threads"]


def test_reports_is_told_to_use_threads_rather_than_copies() -> None:
    seen = snapshot(REPORTS, machine=replace(DEMO_HOST, other_loops=(0.885,)), time_scale=SCALE)
    ranks = {option.id: option.rank for option in judge(seen, {}).advice[0].options}
    assert ranks["worker-threads"] == 1
    assert ranks["cluster"] > 1


def test_every_suggested_strategy_is_either_offered_or_turned_down_with_a_number() -> None:
    for seen in (snapshot(CHECKOUT), snapshot(REPORTS), snapshot(*[Load(elu=0.99, cpu=0.47)] * 4,
                                                                 machine=Machine(cpu=0.97))):  # fmt: skip
        for advice in judge(seen, {}).advice:
            named = [o.id for o in advice.options] + [r.id for r in advice.rejected]
            assert sorted(named) == sorted(RULES[advice.ruling.rule].suggests)
            assert all(any(c.isdigit() for c in r.reason) for r in advice.rejected)
            assert [o.rank for o in advice.options] == list(range(1, len(advice.options) + 1))


def test_every_rule_is_ruled_once_causes_first() -> None:
    rulings = [ruling.rule for ruling in judge(snapshot(), {}).rulings]
    assert rulings == [rule.id for rule in RULES.values() if rule.recall is None]
    assert rulings.index("crash-loop") < rulings.index("host-cpu-saturated") < rulings.index("event-loop-blocked")


def test_a_healthy_service_gets_no_advice() -> None:
    judgement = judge(snapshot(), {})
    assert judgement.advice == ()
    assert {ruling.verdict for ruling in judgement.rulings} == {Verdict.CLEAR}


def test_missing_data_keeps_a_rule_firing_but_gives_no_new_advice() -> None:
    firing = {"event-loop-saturated": RuleState(Verdict.FIRING, since=NOW - 600)}
    judgement = judge(snapshot(CHECKOUT, senders=Senders(silent=300.0)), firing)
    ruling = next(r for r in judgement.rulings if r.rule == "event-loop-saturated")
    assert (ruling.verdict, ruling.since) == (Verdict.FIRING, NOW - 600)
    assert ruling.reading.condition is Condition.UNKNOWN
    assert judgement.advice == ()


def test_what_a_full_host_explains_is_held_back_and_stays_visible() -> None:
    blocked = replace(REPORTS, elu=0.6, cpu=0.4)
    alone = judge(snapshot(blocked), {})
    beside = judge(snapshot(blocked, machine=Machine(cpu=0.97, pressure=0.5)), {})
    before, after = (next(r for r in j.rulings if r.rule == "event-loop-blocked") for j in (alone, beside))
    assert (before.verdict, before.held_back_by) == (Verdict.PENDING, "")
    assert (after.verdict, after.held_back_by) == (Verdict.PENDING, "host-cpu-saturated")
    assert after.reading.condition is Condition.OVER
    assert "0 of 2 cores idle" in after.note
    assert [advice.ruling.rule for advice in beside.advice] == ["host-cpu-saturated"]


def test_a_leak_that_was_seen_before_keeps_workers_away_from_a_full_loop() -> None:
    """Its rule looks at days, and is not asked each time."""
    leaking = {"memory-leak": RuleState(Verdict.FIRING, since=NOW - 86_400, seen=NOW - 1800)}
    before, after = (judge(snapshot(CHECKOUT, machine=DEMO_HOST), states).advice[0] for states in ({}, leaking))
    assert [option.id for option in before.options][:2] == ["cluster", "load-balance"]
    assert after.options[0].id == "load-balance"
    assert "since 2023-11-13 22:13 UTC: memory leak" in next(no.reason for no in after.rejected if no.id == "cluster")


def test_a_rule_that_fails_is_unknown_and_silences_no_other(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    whole = judge(snapshot(CHECKOUT, machine=DEMO_HOST), {})
    monkeypatch.setattr(RULES["gc-pressure"], "_check", lambda seen: 1 / 0)
    rest = judge(snapshot(CHECKOUT, machine=DEMO_HOST), {})
    said = {ruling.rule: ruling for ruling in rest.rulings}
    assert said["gc-pressure"].verdict is Verdict.UNKNOWN
    assert said["gc-pressure"].reading.missing == (FAILED,)
    assert [r for r in rest.rulings if r.rule != "gc-pressure"] == [r for r in whole.rulings if r.rule != "gc-pressure"]
    assert rest.advice == whole.advice
    assert "Rule gc-pressure failed on service shop (1)" in caplog.text
    assert "ZeroDivisionError" in caplog.text


def test_a_way_out_that_fails_is_none_and_the_others_stay(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(STRATEGIES["cluster"], "_consider", lambda seen, ruling: 1 / 0)
    advice = judge(snapshot(CHECKOUT, machine=DEMO_HOST), {}).advice[0]
    assert advice.options[0].id == "load-balance"
    assert f"{FAILED}." in [no.reason for no in advice.rejected if no.id == "cluster"]
    assert "Strategy cluster failed on service shop (1)" in caplog.text


def test_the_same_input_gives_the_same_judgement() -> None:
    assert judge(snapshot(CHECKOUT), {}) == judge(snapshot(CHECKOUT), {})


def test_strategies_that_no_rule_suggests_would_never_be_heard() -> None:
    assert {name for rule in RULES.values() for name in rule.suggests} == set(STRATEGIES)


def test_a_service_without_any_process_is_unknown() -> None:
    judgement = judge(Snapshot(replace(service(), instances=(), hosts=()), NOW), {})
    assert {ruling.verdict for ruling in judgement.rulings} == {Verdict.UNKNOWN}
    assert all("no process" in ruling.reading.missing[0] for ruling in judgement.rulings)


def test_of_a_service_of_which_none_is_left_only_ways_out_for_its_end_are_asked() -> None:
    judged = judge(the_last(0.95, ago=120.0), {})
    advice = next(one for one in judged.advice if one.ruling.rule == "memory-pressure")
    assert [option.id for option in advice.options] == ["tune-heap"]
    others = {one.id: one.reason for one in advice.rejected if one.id not in ("fix-leak", "fix-crash")}
    assert set(others.values()) == {NONE_LEFT}
    assert len(others) == len(RULES["memory-pressure"].suggests) - 3
