"""websocket-capacity: what a process carries, learned from a day or set, and sockets that cost nothing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from advisor.diagnosis import Condition, Reading
from advisor.engine import judge
from advisor.features import InstanceWindow, ServiceWindow, Snapshot
from advisor.features.window import Array
from advisor.vocabulary import Severity, Verdict
from tests.additions import rows, with_figures, with_recalled, with_window
from tests.answers import ruled
from tests.builders import NOW, YOUNG, Load, Machine, Senders, snapshot

RULE = "websocket-capacity"
DAY, STEP = 86_400.0, 300.0
EACH = 0.0002  # share of the loop that a busy socket takes: 4,000 fill it


def day(low: float, high: float, seed: int = 1) -> Array:
    """Sockets over a day, in waves of different height."""
    hours = np.arange(0, 24, STEP / 3600)
    wave = (1 - np.cos(hours / 24 * 2 * np.pi)) / 2
    draw = np.random.default_rng(seed)
    return np.clip(low + (high - low) * wave + draw.normal(0, (high - low) * 0.02, hours.size), 0, None)


def past(seen: Snapshot, sockets: Array, each: float = EACH, noise: float = 0.01, **columns: Array) -> Snapshot:
    """The same with a day in which each socket took this share of the loop."""
    draw = np.random.default_rng(7)
    loops = np.clip(0.05 + each * sockets + draw.normal(0, noise, sockets.size), 0, 1)
    told = {"websockets": sockets, "loop_active": loops * STEP, "loop_idle": (1 - loops) * STEP,
            "memory_rss": 90e6 + 15e3 * sockets, "requests": draw.poisson(300, sockets.size).astype(float)}  # fmt: skip
    track = rows(DAY, STEP, **{**told, **columns})
    old = InstanceWindow(10, 1, 1010, "single", NOW - DAY, track)
    return with_recalled(seen, RULE, ServiceWindow(1, "chat", NOW - DAY, NOW, (old,), ()))


def chat(sockets: float, each: float = EACH, time_scale: float = 1.0, **columns: float) -> Snapshot:
    loads = Load(elu=0.05 + each * sockets, rps=1, websockets=sockets)
    seen = snapshot(loads, name="chat", time_scale=time_scale)
    return with_figures(seen, None, fd_open=sockets + 40, fd_limit=1e6, **columns)


def reading(seen: Snapshot) -> Reading:
    return ruled(RULE, seen).reading


@pytest.mark.parametrize("time_scale", [1.0, 5.0])
@pytest.mark.parametrize(
    ("sockets", "expected"),
    [(2_350, Condition.UNDER), (2_850, Condition.BETWEEN), (3_200, Condition.OVER), (3_650, Condition.OVER)],
)
def test_levels_by_the_loop(sockets: float, expected: Condition, time_scale: float) -> None:
    """A loop of 0.8 is reached at 3,750: 63%, 76%, 85% and 97%."""
    found = reading(past(chat(sockets, time_scale=time_scale), day(200, 3_200)))
    assert found.condition is expected


def test_the_claim_names_what_runs_out() -> None:
    found = reading(past(chat(3_650), day(200, 3_200)))
    assert found.claim.startswith("chat: process 1010 holds 3,650 open WebSockets, 9")
    assert found.claim.endswith("that its event loop allows")
    assert found.severity is Severity.CRITICAL
    capacity = next(e.value for e in found.evidence if e.signal == "capacity_loop")
    assert capacity == pytest.approx(3_750, rel=0.03)


@pytest.mark.parametrize("noise", [0.0, 0.03])
def test_noise_does_not_move_it(noise: float) -> None:
    assert reading(past(chat(3_250), day(200, 3_200), noise=noise)).condition is Condition.OVER


@pytest.mark.parametrize(("sockets", "expected"), [
    (1_200, Condition.UNDER), (1_350, Condition.BETWEEN), (1_450, Condition.OVER),
])  # fmt: skip
def test_levels_by_the_heap(sockets: float, expected: Condition) -> None:
    """200 KB each: four fifths of 470 MB, less the 20 MB that it has anyway, hold 1,780; the machine has plenty."""
    learned = day(100, 1_700)
    seen = chat(sockets, each=1e-6, heap_used=20e6 + 200e3 * sockets, heap_limit=YOUNG + 470e6)
    found = reading(past(seen, learned, each=1e-6, heap_used=20e6 + 200e3 * learned))
    assert found.condition is expected
    assert "that its heap allows" in found.claim


def test_a_heap_that_follows_something_else_stays_silent() -> None:
    draw = np.random.default_rng(5)
    seen = chat(1_700, each=1e-6, heap_used=360e6, heap_limit=YOUNG + 470e6)
    sockets = day(100, 1_700)
    busy = past(seen, sockets, each=1e-6, heap_used=200e6 + draw.normal(0, 80e6, sockets.size))
    assert reading(busy).condition is Condition.UNDER


def test_two_thousand_idle_sockets_stay_silent() -> None:
    """They cost 0.000001 of a loop each: one that is 5% busy carries hundreds of thousands."""
    for sockets in (day(0, 2_000), day(1_990, 2_000)):
        assert reading(past(chat(2_000, each=1e-6), sockets, each=1e-6)).condition is Condition.UNDER


def test_a_ramp_of_idle_sockets_stays_silent() -> None:
    assert reading(past(chat(9_000, each=1e-6), np.linspace(0, 9_000, 288), each=1e-6)).condition is Condition.UNDER


def test_idle_sockets_beside_heavy_requests_stay_silent() -> None:
    """The loop is busy with requests, and the sockets' own wave does not move it."""
    seen = snapshot(Load(elu=0.75, rps=150, websockets=2_000), name="chat")
    draw = np.random.default_rng(3)
    loops = np.clip(0.6 + draw.normal(0, 0.1, 288), 0, 1)
    busy = past(seen, day(200, 2_000), loop_active=loops * STEP, loop_idle=(1 - loops) * STEP)
    assert reading(busy).condition is Condition.UNDER


def test_requests_that_follow_the_same_wave_cannot_be_told_apart() -> None:
    sockets = day(200, 3_200)
    found = reading(past(chat(3_650), sockets, requests=sockets * 30.0))
    assert found.condition is Condition.UNKNOWN
    assert "rose and fell together" in found.missing[0]


def test_a_narrow_range_teaches_nothing() -> None:
    found = reading(past(chat(3_650), day(3_000, 3_700)))
    assert found.condition is Condition.UNKNOWN
    assert "vary threefold" in found.missing[0]
    assert "`configured`" in found.missing[0]


def test_without_a_day_nobody_can_say() -> None:
    empty = with_recalled(chat(3_650), RULE, ServiceWindow(1, "chat", NOW - DAY, NOW, (), ()))
    assert "A day of open WebSockets" in reading(empty).missing[0]


@pytest.mark.parametrize(
    ("limit", "expected"), [(2_400, Condition.OVER), (2_600, Condition.BETWEEN), (3_000, Condition.UNDER)]
)
def test_a_limit_that_was_set_needs_no_day(limit: float, expected: Condition) -> None:
    """2,000 sockets are 83%, 77% and 67% of it, even while the loop idles."""
    seen = past(chat(2_000, each=1e-6), day(1_990, 2_000), each=1e-6)
    found = reading(with_window(seen, limits={RULE: {"configured": limit}}))
    assert found.condition is expected
    assert "that the limit that was set allows" in found.claim


@pytest.mark.parametrize(("limit", "expected"), [(3_000, Condition.OVER), (4_000, Condition.UNDER)])
def test_descriptors_need_no_day(limit: float, expected: Condition) -> None:
    """2,000 of 2,360 are 85%, and of 3,160 63%."""
    seen = past(chat(2_000, each=1e-6), day(1_990, 2_000), each=1e-6)
    assert reading(with_figures(seen, fd_limit=limit)).condition is expected


@pytest.mark.parametrize(("usage", "expected"), [(380e6, Condition.OVER), (300e6, Condition.UNDER)])
def test_memory_of_its_group(usage: float, expected: Condition) -> None:
    """15 kB a socket: 400 MB are reached 1,333 or 6,667 sockets from 9,000 on."""
    seen = chat(9_000, each=1e-6, cgroup_memory_limit=500e6, cgroup_memory_usage=usage)
    assert reading(past(seen, day(0, 9_000), each=1e-6)).condition is expected


@pytest.mark.parametrize("loads", [[Load()], [Load(elu=0.95)] * 2])
def test_a_service_without_sockets_is_under(loads: Sequence[Load]) -> None:
    found = reading(past(snapshot(*loads), day(0, 10)))
    assert found.condition is Condition.UNDER
    assert found.claim == "shop: 0 open WebSockets"


def test_without_a_probe_nobody_counts_sockets() -> None:
    found = reading(past(snapshot(senders=Senders(probe=False)), day(0, 10)))
    assert found.condition is Condition.UNKNOWN
    assert "Upgraded sockets open" in found.missing[0]


def _beside_a_database(sockets: float, available: float) -> Snapshot:
    """60 kB a socket on a machine of 16 GB, of which a database holds most by design."""
    machine = Machine(memory=16e9, available=available)
    load = Load(elu=0.06, rps=1, websockets=sockets, rss=90e6 + 60e3 * sockets)
    seen = with_figures(snapshot(load, name="chat", machine=machine), None, fd_open=sockets + 40, fd_limit=1e6)
    learned = day(200, sockets)
    return past(seen, learned, each=1e-6, memory_rss=90e6 + 60e3 * learned)


def test_memory_that_others_hold_by_design_is_not_what_sockets_fill() -> None:
    found = reading(_beside_a_database(5_000, available=2.4e9))
    capacity = next(e.value for e in found.evidence if e.signal == "capacity_memory")
    assert found.condition is Condition.UNDER
    assert capacity == pytest.approx(5_000 + (0.8 * (0.39e9 + 2.4e9) - 0.39e9) / 60e3, rel=0.01)


def test_sockets_that_fill_what_others_leave_are_seen() -> None:
    found = reading(_beside_a_database(5_000, available=0.15e9))
    assert found.condition is Condition.OVER
    assert found.claim.endswith("that its memory allows")


def test_a_memory_that_is_full_without_a_socket_is_not_filled_by_them() -> None:
    seen = chat(1_000, each=1e-6, cgroup_memory_limit=500e6, cgroup_memory_usage=480e6)
    found = reading(past(seen, day(0, 1_000), each=1e-6))
    assert found.condition is Condition.UNDER
    assert "inf" not in found.claim


def test_descriptors_that_are_full_without_a_socket_are_not_filled_by_them() -> None:
    seen = past(chat(50, each=1e-6), day(1, 50), each=1e-6)
    found = reading(with_figures(seen, fd_open=990.0, fd_limit=1_024.0))
    assert found.condition is Condition.UNDER
    assert "inf" not in found.claim


def test_a_low_limit_is_raised_before_processes_are_added() -> None:
    seen = past(chat(800, each=1e-6), day(100, 800), each=1e-6)
    low = with_figures(seen, fd_open=850.0, fd_limit=1_024.0, connections=800.0)
    (advice,) = (one for one in judge(low, {}).advice if one.ruling.rule == RULE)
    assert [option.id for option in advice.options][:2] == ["raise-limit", "websocket-scale-out"]


def test_where_the_loop_is_short_no_limit_is_raised() -> None:
    seen = past(chat(3_250), day(200, 3_200))
    low = with_figures(seen, fd_open=3_300.0, fd_limit=6_000.0, connections=3_250.0)
    (advice,) = (one for one in judge(low, {}).advice if one.ruling.rule == RULE)
    assert advice.options[0].id == "websocket-scale-out"
    assert "raise-limit" in [one.id for one in advice.rejected]


def _of_descriptors(sockets: float, limit: float) -> Snapshot:
    seen = past(chat(sockets, each=1e-6), day(100, sockets), each=1e-6)
    return with_figures(seen, None, fd_open=sockets + 40.0, fd_limit=limit)


@pytest.mark.parametrize(("limit", "verdict"), [(1_024, Verdict.FIRING), (1_100, Verdict.PENDING)])
def test_where_sockets_leave_no_descriptors_it_waits_no_longer_than_the_rule_of_these(
    limit: float, verdict: Verdict
) -> None:
    assert ruled(RULE, _of_descriptors(900, limit)).verdict is verdict


@pytest.mark.parametrize(("sockets", "cause"), [(900, RULE), (400, "")])
def test_it_stands_before_the_descriptors_that_sockets_hold(sockets: float, cause: str) -> None:
    full = with_figures(_of_descriptors(sockets, 1_024), None, fd_open=990.0)
    full = with_recalled(full, "descriptor-exhaustion", full.window.recalled[RULE])
    found = ruled("descriptor-exhaustion", full)
    assert (found.verdict, found.held_back_by) == (Verdict.FIRING, cause)
