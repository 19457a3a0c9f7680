"""gate: what is asked before every rule."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from advisor.engine import RULES
from advisor.engine.gate import unanswerable
from advisor.features import ServiceWindow, Snapshot, Track
from tests.builders import NOW, Load, Senders, service, snapshot

SATURATED, BLOCKED, STARVED = (RULES[f"{name}"] for name in (
    "event-loop-saturated", "event-loop-blocked", "host-cpu-saturated"))  # fmt: skip


@pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))
def test_complete_data_passes(rule: object) -> None:
    assert all(unanswerable(r, snapshot()) == () for r in RULES.values())


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        (Snapshot(replace(service(), instances=()), NOW), "no process of the service reports"),
        (Snapshot(service(), NOW + 600), "no process of the service reports"),
        (snapshot(Load(age=60)), "A process older than 120 s: 1 process just started"),
        (snapshot(Load(age=20), time_scale=5.0), "A process older than 24 s"),
        (snapshot(Load(role="primary")), "no process of the service reports"),
    ],
)
def test_without_a_process_to_judge_every_rule_says_so(seen: Snapshot, words: str) -> None:
    for rule in RULES.values():
        assert rule.of_lives or words in (unanswerable(rule, seen) or rule.read(seen).missing)[0]


def test_a_rule_of_lives_may_speak_without_a_living_process() -> None:
    told = [rule for rule in RULES.values() if rule.of_lives]
    assert told
    assert all(unanswerable(rule, Snapshot(replace(service(), instances=()), NOW)) == () for rule in told)


def test_every_absent_need_is_named() -> None:
    named = unanswerable(STARVED, snapshot(senders=Senders(agent=False, host=False)))
    assert len(named) == 2
    assert "system.cpu.time" in named[0]
    assert "advisor.process.main_thread.cpu.time" in named[1]


@pytest.mark.parametrize("runtime", ["bun", "deno"])
def test_a_loop_of_another_runtime_is_not_guessed_from_cpu_time(runtime: str) -> None:
    full = Load(elu=0.95, cpu=0.97)
    window = service(full, senders=Senders(probe=False))
    strange = tuple(replace(instance, runtime=runtime) for instance in window.instances)
    for rule in (SATURATED, BLOCKED, STARVED):
        words = unanswerable(rule, Snapshot(replace(window, instances=strange), NOW))
        assert words == (
            f"Event loop busy (nodejs.eventloop.utilization): {runtime.capitalize()} has no probe, "
            "so an OpenTelemetry SDK in the process has to send it",
        )
    assert unanswerable(SATURATED, Snapshot(window, NOW)) == ()


def test_a_loop_that_another_runtime_reports_is_judged() -> None:
    window = service()
    strange = tuple(replace(instance, runtime="bun") for instance in window.instances)
    assert unanswerable(SATURATED, Snapshot(replace(window, instances=strange), NOW)) == ()


def test_any_one_of_a_group_is_enough() -> None:
    assert unanswerable(SATURATED, snapshot(senders=Senders(probe=False))) == ()
    assert unanswerable(SATURATED, snapshot(senders=Senders(main_thread=False))) == ()


def test_a_young_process_needs_half_of_the_window() -> None:
    assert "299 s more of data" in unanswerable(BLOCKED, snapshot(Load(age=121.0)))[0]
    assert unanswerable(BLOCKED, snapshot(Load(age=440.0))) == ()


def test_lost_points_are_counted() -> None:
    words = unanswerable(SATURATED, snapshot(senders=Senders(lost=0.4), seed=5))[0]
    assert words.startswith("Complete data: ")
    assert "80% are needed" in words


def test_points_that_the_next_one_covers_are_not_lost() -> None:
    """An SDK tells running totals once a minute, and three of ten exports fail; of increases those would be gone."""
    window = service(senders=Senders(agent=False, interval=60.0))
    (one,) = window.instances
    came = ~np.isin(np.arange(one.track.times.size), (6, 8, 11))
    track = replace(one.track, times=one.track.times[came], spans=one.track.spans[came], latencies={},
                    values={name: figures[came] for name, figures in one.track.values.items()})  # fmt: skip
    bridged = replace(track, spans=np.diff(track.times, prepend=track.times[0] - 60.0))
    assert unanswerable(BLOCKED, _told(window, bridged)) == ()
    assert unanswerable(BLOCKED, _told(window, track))[0].startswith("Complete data: ")


def _told(window: ServiceWindow, track: Track) -> Snapshot:
    return Snapshot(replace(window, instances=(replace(window.instances[0], track=track),)), NOW)


def test_a_gone_process_does_not_hold_up_the_others() -> None:
    window = service(Load(), Load())
    gone = window.instances[0]
    cut = gone.track.times <= NOW - 300
    track = replace(
        gone.track,
        times=gone.track.times[cut],
        spans=gone.track.spans[cut],
        values={name: figures[cut] for name, figures in gone.track.values.items()},
        latencies={},
    )
    window = replace(window, instances=(replace(gone, track=track), window.instances[1]))
    seen = Snapshot(window, NOW)
    assert [p.instance.id for p in seen.processes] == [window.instances[1].id]
    assert unanswerable(SATURATED, seen) == ()


def test_only_rules_that_need_the_host_ask_for_its_points() -> None:
    seen = snapshot()
    seen.window.hosts[0].track.values["cpu_idle"][-4:] = float("nan")
    assert unanswerable(SATURATED, seen) == ()
    assert "Complete data" in unanswerable(STARVED, seen)[0]
