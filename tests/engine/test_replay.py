"""replay: the same verdicts as the product would have reached at the time."""

from __future__ import annotations

from dataclasses import replace

from advisor.engine.replay import Replay
from advisor.vocabulary import Verdict
from tests.builders import NOW, Load, Machine, service

FULL = Load(elu=0.885, cpu=0.85, rps=175, latency=0.0055)


def verdicts(load: Load, seconds: float = 3600.0, step: float = 30.0) -> list[tuple[float, Verdict]]:
    whole = service(load, machine=Machine(cores=2, cpu=0.6), seconds=seconds)
    return [
        (judgement.at, ruling.verdict)
        for judgement in Replay(whole, step)
        for ruling in judgement.rulings
        if ruling.rule == "event-loop-saturated"
    ]


def test_a_loop_that_fills_fires_after_its_hold_and_not_before() -> None:
    seen = verdicts(replace(FULL, cpu=None, elu_before=0.2, changed=1200.0))
    assert seen[0][0] == NOW - 3600 + 30
    assert len(seen) == 120
    firing = [at for at, verdict in seen if verdict is Verdict.FIRING]
    assert 300 <= firing[0] - (NOW - 1200) <= 420
    assert {verdict for at, verdict in seen if NOW - 3400 < at < NOW - 1200} == {Verdict.CLEAR}


def test_a_healthy_service_stays_silent_and_a_run_repeats_itself() -> None:
    seen = verdicts(Load())
    assert {verdict for _, verdict in seen[4:]} == {Verdict.CLEAR}
    assert seen == verdicts(Load())
