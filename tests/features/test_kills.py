"""kills: which ends were for want of memory."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from advisor.features import Snapshot
from advisor.features.before_end import filled_heap
from advisor.features.kills import full_lives, killed_full
from advisor.vocabulary.events import EXITED
from tests.additions import happened, life, rows, with_events, with_figures, with_window
from tests.builders import YOUNG, Load, Machine, snapshot
from tests.heaps import LIMIT, MB, ended_by_v8, the_last, until

GB = 1e9
SELF, AGENT = 10, 11


def ended(used: float, *, ago: float = 300.0, scale: float = 1.0, group: bool = True, **said: Any) -> Snapshot:
    """A process of a group of 1 GB that used so much of it until it ended; another one goes on."""
    seen = snapshot(Load(), Load(), time_scale=scale, machine=Machine(memory=8 * GB, available=8 * GB - used))
    if group:
        seen = with_figures(seen, cgroup_memory_limit=GB, cgroup_memory_usage=used, heap_limit=YOUNG + GB,
                            heap_used=used)  # fmt: skip
    dead, alive = seen.window.instances
    seen = with_window(seen, instances=(until(dead, seen.now - ago), alive))
    return with_events(seen, happened(EXITED.name, ago, **said))


def killed(seen: Snapshot, seconds: float = 600.0) -> int:
    return len(killed_full(seen, seconds, 0.85))


@pytest.mark.parametrize("scale", [1.0, 5.0])
def test_a_kill_with_the_memory_full_counts(scale: float) -> None:
    seen = ended(0.95 * GB, ago=300 / scale, scale=scale, signal="SIGKILL", instance_id=AGENT, pid=1010)
    assert killed(seen) == 1


def test_it_is_the_process_that_ended_and_not_the_one_that_tells() -> None:
    seen = ended(0.95 * GB, signal="SIGKILL", instance_id=AGENT, pid=1010)
    assert full_lives(seen, 600.0, 0.85) == {SELF}
    assert full_lives(seen, 600.0, 0.99) == frozenset()


@pytest.mark.parametrize(("used", "count"), [(0.86, 1), (0.84, 0), (0.3, 0)])
def test_a_kill_with_room_left_does_not(used: float, count: int) -> None:
    assert killed(ended(used * GB, signal="SIGKILL", instance_id=AGENT, pid=1010)) == count


@pytest.mark.parametrize("said", [{"signal": "SIGABRT"}, {"exit_code": 134}])
def test_v8_ends_a_process_whose_heap_is_full(said: dict[str, Any]) -> None:
    assert killed(ended(0.97 * GB, instance_id=AGENT, pid=1010, **said)) == 1
    assert killed(ended(0.5 * GB, instance_id=AGENT, pid=1010, **said)) == 0


@pytest.mark.parametrize("scale", [1.0, 5.0])
def test_an_end_that_nobody_explains_is_v8_s_where_the_heap_was_full(scale: float) -> None:
    assert killed(the_last(0.95, scale=scale)) == 1
    assert killed(the_last(0.8, scale=scale)) == 0


def test_a_heap_full_of_garbage_is_no_reason_to_end() -> None:
    assert killed(the_last(0.95, garbage=0.4)) == 0
    assert killed(the_last(0.95, garbage=0.2)) == 1
    assert killed(the_last(0.95, garbage=0.4, signal="SIGABRT")) == 1


@pytest.mark.parametrize("scale", [1.0, 5.0])
@pytest.mark.parametrize(("share", "count"), [(0.98, 1), (0.8, 0)])
def test_a_heap_that_fills_between_two_looks_goes_on_to_its_end(share: float, count: int, scale: float) -> None:
    """Its last row is a quarter of a minute older than the end, and says 0.7 of the limit or less."""
    seen = the_last(share, scale=scale, signal="SIGABRT")
    short = until(seen.window.instances[0], seen.now - 315 / scale)
    assert np.nanmax(short.track.values["heap_used"]) < 0.8 * LIMIT
    assert killed(with_window(seen, instances=(short,))) == count
    others = (the_last(share, scale=scale, signal="SIGTERM"), the_last(share, scale=scale, exit_code=1))
    assert [killed(with_window(other, instances=(short,))) for other in others] == [0, 0]


def test_a_heap_that_had_fallen_does_not_go_on() -> None:
    seen = the_last(0.98, signal="SIGABRT")
    short = until(seen.window.instances[0], seen.now - 315)
    short.track.values["heap_used"][short.track.times < seen.now - 360] = 0.8 * LIMIT
    assert killed(with_window(seen, instances=(short,))) == 0


def test_whoever_knows_more_of_an_end_has_a_minute_to_tell() -> None:
    assert killed(the_last(0.95, ago=50.0)) == 0
    assert killed(the_last(0.95, ago=70.0)) == 1


@pytest.mark.parametrize("said", [{"signal": "SIGTERM"}, {"exit_code": 0}, {"exit_code": 1}, {"cause": "exit"}])
def test_an_end_that_somebody_explains_is_none(said: dict[str, Any]) -> None:
    assert killed(the_last(0.95, **said)) == 0


def test_an_end_that_nobody_explains_is_no_kill_in_a_deploy() -> None:
    seen = the_last(0.95)
    old = replace(seen.window.lives[0], version="1")
    new = life(295.0, instance_id=12, version="2")
    assert killed(with_window(seen, lives=(old, new))) == 0


def test_a_course_of_minutes_is_told_by_the_finer_rows() -> None:
    """The rows of two minutes of a heap that filled in its last minute rise from one to the next."""
    seen = the_last(0.95)
    past = seen.recalled("memory-pressure")
    assert past is not None
    dead = past.window.instances[0]
    coarse = replace(dead, track=rows(600.0, 120.0, heap_used=np.linspace(0.2, 0.95, 5) * LIMIT))
    short = replace(past, window=replace(past.window, instances=(coarse,)))
    found = filled_heap(seen, short, 600)
    assert found is not None
    assert not found.is_rising
    longer = replace(dead, track=rows(7200.0, 120.0, heap_used=np.linspace(0.2, 0.95, 60) * LIMIT))
    grown = filled_heap(seen, replace(past, window=replace(past.window, instances=(longer,))), 600)
    assert grown is not None
    assert grown.is_rising


def test_a_heap_that_filled_within_a_minute_kept_what_its_last_collection_left() -> None:
    found = filled_heap(the_last(0.95), None, 600)
    assert found is not None
    assert found.kept == pytest.approx(0.95 * LIMIT, rel=0.15)
    assert not found.is_rising


@pytest.mark.parametrize("said", [{"signal": "SIGTERM"}, {"exit_code": 0}, {"exit_code": 1}, {}])
def test_other_ends_do_not_count(said: dict[str, Any]) -> None:
    assert killed(ended(0.97 * GB, instance_id=SELF, **said)) == 0


def test_without_a_group_the_machine_is_asked() -> None:
    assert killed(ended(7.8 * GB, group=False, signal="SIGKILL", pid=1010)) == 1
    assert killed(ended(4.0 * GB, group=False, signal="SIGKILL", pid=1010)) == 0


def test_a_process_id_is_one_of_its_machine_and_the_youngest_that_had_it() -> None:
    seen = ended(0.95 * GB, signal="SIGKILL", instance_id=AGENT, pid=1010)
    dead, alive = seen.window.instances
    calm = with_figures(seen, cgroup_memory_usage=0.2 * GB).window.instances[0]
    elsewhere = replace(calm, id=20, host_id=99)
    assert killed(with_window(seen, instances=(elsewhere, dead, alive))) == 1
    assert (
        killed(with_window(seen, instances=(replace(elsewhere, host_id=dead.host_id, started=5.0), dead, alive))) == 1
    )
    assert killed(with_window(seen, instances=(replace(dead, started=5.0), replace(calm, id=20), alive))) == 0


def test_only_ends_of_the_asked_time_count() -> None:
    seen = ended(0.95 * GB, ago=500, signal="SIGKILL", pid=1010)
    assert (killed(seen, 600), killed(seen, 400)) == (1, 0)


def test_a_process_that_is_not_known_counts_for_nothing() -> None:
    assert killed(ended(0.95 * GB, signal="SIGKILL", pid=4242)) == 0


@pytest.mark.parametrize("scale", [1.0, 5.0])
def test_how_a_heap_filled_until_v8_ended_its_process(scale: float) -> None:
    found = filled_heap(ended_by_v8(60 * MB, 250 * MB, scale=scale), None, 600)
    assert found is not None
    assert found.is_rising
    assert found.limit == LIMIT
    assert found.gained == pytest.approx(2 / 3 * 0.93 * 190 * MB, rel=0.1)
    assert found.seconds == pytest.approx(2 / 3 * 840 / scale, rel=0.05)
    assert found.load == pytest.approx(1.0, abs=0.1)


def test_one_that_was_full_all_the_time_does_not_rise() -> None:
    found = filled_heap(ended_by_v8(240 * MB, 240 * MB), None, 600)
    assert found is not None
    assert found.gained == 0
    assert found.kept == 240 * MB
    assert not found.is_rising


def test_collections_are_no_fall_and_requests_that_rise_are_told() -> None:
    found = filled_heap(ended_by_v8(60 * MB, 300 * MB, swing=0.2, busier=3.0), None, 600)
    assert found is not None
    assert found.is_rising
    assert found.load == pytest.approx(7 / 5 * 1.25, rel=0.2)


@pytest.mark.parametrize("said", [{"signal": "SIGKILL"}, {"signal": "SIGTERM"}, {"exit_code": 1}])
def test_an_end_that_is_not_v8_s_says_nothing_of_the_heap(said: dict[str, Any]) -> None:
    assert filled_heap(ended_by_v8(60 * MB, 250 * MB, **said), None, 600) is None


def test_a_heap_with_room_is_not_what_v8_ended_a_process_for() -> None:
    assert filled_heap(ended_by_v8(60 * MB, 150 * MB), None, 600) is None


def test_the_longer_past_tells_more_of_its_course_than_the_last_minutes() -> None:
    """Of a life of two hours the window still holds a part in which the heap hardly rose."""
    seen = ended_by_v8(236 * MB, 250 * MB)
    dead = seen.window.instances[0]
    course = rows(7200, 120, heap_used=np.linspace(20 * MB, 250 * MB, 60), requests=7200.0)
    past = with_window(seen, instances=(replace(dead, track=course),))
    short, whole = filled_heap(seen, None, 600), filled_heap(seen, past, 600)
    assert short is not None
    assert whole is not None
    assert not short.is_rising
    assert whole.is_rising
    assert whole.gained == pytest.approx(2 / 3 * 230 * MB, rel=0.03)
    assert whole.seconds == pytest.approx(4800)


def test_a_short_life_of_which_the_past_has_two_rows_is_compared_by_halves() -> None:
    seen = ended_by_v8(236 * MB, 250 * MB)
    course = rows(240, 120, heap_used=np.array([40 * MB, 200 * MB]), requests=7200.0)
    dead, alive = seen.window.instances
    past = with_window(seen, instances=(replace(dead, track=course),))
    seen = with_window(seen, instances=(until(dead, seen.now - 60, since=seen.now - 120), alive))
    found = filled_heap(seen, past, 600)
    assert found is not None
    assert (found.gained, found.seconds, found.load) == (160 * MB, 120, 1.0)


@pytest.mark.parametrize("scale", [1.0, 5.0])
@pytest.mark.parametrize(("version", "count"), [("2", 0), ("1", 1)])
def test_a_kill_for_a_successor_of_another_version_is_no_want_of_memory(version: str, count: int, scale: float) -> None:
    """It does not end in time when a deploy asks it to; the same version begins anew where memory was short."""
    seen = ended(0.88 * GB, ago=300 / scale, scale=scale, signal="SIGKILL", instance_id=AGENT, pid=1010)
    old = life(86_400.0, 300 / scale, instance_id=SELF, version="1")
    beside = life(86_400.0, instance_id=AGENT, version="1")
    new = life(330 / scale, instance_id=12, version=version)
    assert killed(with_window(seen, lives=(old, beside, new))) == count


def test_a_new_version_that_is_killed_for_want_of_memory_counts() -> None:
    seen = ended(0.95 * GB, signal="SIGKILL", instance_id=AGENT, pid=1010)
    new = life(600.0, 300.0, instance_id=SELF, version="2")
    assert killed(with_window(seen, lives=(life(86_400.0, instance_id=AGENT, version="1"), new))) == 1
