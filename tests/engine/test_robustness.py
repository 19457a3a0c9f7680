"""The pure side on windows that no sender would make: it answers, and never fails."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.engine import RULES, judge
from advisor.engine.judge import FAILED
from advisor.features import ServiceWindow, Snapshot, Track
from advisor.vocabulary import Verdict
from tests.builders import NOW, Load, Machine, service

loads = st.builds(
    Load,
    elu=st.sampled_from([0.0, 0.3, 0.85, 0.97, 1.0]),
    cpu=st.sampled_from([None, 0.0, 0.5, 1.0]),
    rps=st.sampled_from([0.0, 0.1, 3.0, 175.0]),
    latency=st.sampled_from([0.001, 0.05, 3.0]),
    block=st.sampled_from([0.0, 0.3, 2.0]),
    gc_pause=st.sampled_from([0.0, 0.2]),
    role=st.sampled_from(["single", "worker", "primary"]),
    age=st.sampled_from([10.0, 200.0, 9e5]),
)
machines = st.builds(
    Machine,
    cores=st.sampled_from([0.5, 1.0, 2.0, 64.0]),
    cpu=st.sampled_from([0.0, 0.5, 0.79, 1.0]),
    steal=st.just(0.0),
    throttled=st.sampled_from([0.0, 0.5]),
    available=st.sampled_from([0.0, 6e9]),
)


def holed(track: Track, draw: np.random.Generator) -> Track:
    """The track with some columns gone and some figures unknown, zero or absurd."""
    values = {}
    for name, figures in track.values.items():
        fate = draw.random()
        if fate < 0.15:
            continue
        if fate < 0.45:
            spoiled = figures.copy()
            spoiled[draw.random(figures.size) < 0.3] = draw.choice([np.nan, 0.0, 1e12])
            values[name] = spoiled
        else:
            values[name] = figures
    return Track(track.times, track.spans * draw.choice([1.0, 0.0], p=[0.95, 0.05]), values, track.latencies)


def spoiled(window: ServiceWindow, seed: int) -> ServiceWindow:
    draw = np.random.default_rng(seed)
    return replace(
        window,
        instances=tuple(replace(i, track=holed(i.track, draw)) for i in window.instances),
        hosts=tuple(replace(h, track=holed(h.track, draw)) for h in window.hosts),
    )


@settings(deadline=None, max_examples=60)
@given(st.lists(loads, min_size=1, max_size=3), machines, st.integers(0, 10_000), st.booleans())
def test_judging_never_fails(each: list[Load], machine: Machine, seed: int, whole: bool) -> None:
    window = service(*each, machine=machine, seed=seed, seconds=700.0)
    seen = window if whole else spoiled(window, seed)
    past = {rule.id: seen for rule in RULES.values() if rule.recall}
    judgement = judge(Snapshot(replace(seen, recalled=past), NOW), {})
    assert [ruling.rule for ruling in judgement.rulings] == list(RULES)
    for ruling in judgement.rulings:
        assert 0.0 <= ruling.reading.confidence <= 1.0
        assert all(e.value is None or np.isfinite(e.value) for e in ruling.reading.evidence)
        assert ruling.reading.missing or ruling.verdict is not Verdict.UNKNOWN
        assert FAILED not in ruling.reading.missing
    for advice in judgement.advice:
        assert f"{FAILED}." not in [no.reason for no in advice.rejected]
        for option in advice.options:
            for e in option.expected:
                assert all(x is None or np.isfinite(x) for x in (e.now, e.low, e.high)), (option.id, e)
                assert e.low is None or e.high is None or e.low <= e.high + 1e-9, (option.id, e)
