"""What is short where memory runs out, and the machines that share out what of it follows the load."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from advisor.diagnosis import Evidence
from advisor.diagnosis.memory_room import Relief, only_heap, over_machines
from advisor.diagnosis.sizes import PEAK
from advisor.features import Snapshot
from advisor.vocabulary import PartKind
from tests.additions import rows, with_figures, with_part, with_recalled, with_window
from tests.builders import YOUNG, Load, Machine, Senders, snapshot
from tests.rulings import firing

RULE = "memory-pressure"
MB, GB = 1e6, 1e9
BUSY = Load(rps=60, rss=0.2 * GB)
CALM = Machine(memory=8 * GB, available=6 * GB)


def told(**held: bool) -> tuple[Evidence, ...]:
    return tuple(Evidence(signal, signal, 0.9, "1", 0.85, "at least", holds) for signal, holds in held.items())


def learned(seen: Snapshot, each: float, column: str = "memory_rss") -> Snapshot:
    """Two hours in which a level of each process took so many bytes for each request a second."""
    rate = 60 + 40 * np.sin(np.arange(60) / 8)
    track = rows(7200, 120, requests=120 * rate, **{column: 100 * MB + each * rate})
    past = tuple(replace(one, track=track) for one in seen.window.instances)
    return with_recalled(seen, RULE, replace(seen.window, instances=past))


def contained(share: float, each: float, count: int = 1, *, hosts: int = 1) -> Snapshot:
    """Processes in one container of 1 GB on each host; a process takes so many bytes for each request a second."""
    seen = with_figures(snapshot(*[BUSY] * count, machine=CALM, hosts=hosts),
                        cgroup_memory_limit=GB, cgroup_memory_usage=share * GB)  # fmt: skip
    return learned(seen, each)


def relieved(seen: Snapshot, **held: bool) -> Relief:
    found = over_machines(seen, firing(RULE, *told(**(held or {"memory_long": True}))))
    assert isinstance(found, Relief), found
    return found


def futile(seen: Snapshot, **held: bool) -> str:
    found = over_machines(seen, firing(RULE, *told(**(held or {"memory_long": True}))))
    assert isinstance(found, str), found
    assert any(character.isdigit() for character in found)
    return found


@pytest.mark.parametrize(("figures", "alone"), [
    ({"memory_long": False, "heap_share": True}, True),
    ({"memory_long": True, "heap_share": True}, False),
    ({"heap_share": True, "swapping": True}, False),
    ({"heap_share": True, "killed": True}, False),
    ({"memory_now": True, "heap_share": False}, False),
    ({"growth": True}, False),
])  # fmt: skip
def test_a_heap_is_what_is_short_where_no_figure_of_memory_speaks(figures: dict[str, bool], alone: bool) -> None:
    assert only_heap(firing(RULE, *told(**figures))) is alone


@pytest.mark.parametrize(("share", "each", "machines"), [(0.9, 8 * MB, 2), (0.95, 6 * MB, 3), (1.0, 5.5 * MB, 5)])
def test_machines_are_as_many_as_leave_no_pressure_with_a_tenth_more_load(
    share: float, each: float, machines: int
) -> None:
    found = relieved(contained(share, each))
    memory, moved = found.expected, each * 60 / GB
    assert (found.machines, found.copies) == (machines, machines)
    assert memory.now == pytest.approx(share)
    assert memory.low == pytest.approx(share - moved * (1 - 1 / machines), abs=0.03)
    assert memory.high is not None
    assert memory.high <= 0.75
    assert share - moved + 1.1 * moved / (machines - 1) > 0.75


def test_all_processes_of_a_container_move_it() -> None:
    """Four at 3 MB for each of their 60 requests a second: 720 MB of 950."""
    found = relieved(contained(0.95, 3 * MB, 4))
    assert (found.machines, found.copies) == (2, 8)
    assert "of the 950 MB in use in the container of process 101" in found.why
    assert "in use instead of 95%; with one of them lost 95%." in found.why


def test_what_is_shared_out_already_is_shared_out_further() -> None:
    found = relieved(contained(0.86, 8 * MB, hosts=2))
    assert (found.title, found.machines, found.copies) == ("Add 1 machine behind a load balancer", 3, 3)


def test_the_busiest_hours_of_a_week_need_more() -> None:
    seen = contained(0.9, 8 * MB)
    busy = with_window(seen, busiest=3 * seen.work(60.0))
    assert relieved(busy).machines > relieved(seen).machines
    assert relieved(busy).why.endswith("The busiest hours of the last 7 days took 3 times the work of now.")


def test_the_rate_of_a_machine_is_that_at_which_its_memory_is_full() -> None:
    """420 MB stay and 8 MB come with each request a second: 330 MB more are 41 of them."""
    assert relieved(contained(0.9, 8 * MB)).rate == pytest.approx(41, abs=2)


def test_a_machine_without_limits_is_shared_out_beside_what_others_hold() -> None:
    full = snapshot(replace(BUSY, rss=4 * GB), machine=Machine(memory=8 * GB, available=1 * GB))
    found = relieved(learned(full, 50 * MB))
    assert found.machines == 2
    assert "of the 7 GB in use on web-1 follow the load" in found.why


def _heaped(each: float) -> Snapshot:
    seen = with_figures(snapshot(BUSY), heap_floor=0.9 * GB, heap_limit=YOUNG + GB)
    return learned(seen, each, "heap_floor")


def test_a_heap_is_sized_by_its_own_limit() -> None:
    found = relieved(_heaped(8 * MB), heap_share=True)
    assert (found.machines, found.expected.metric) == (2, "heap_ratio")
    assert found.expected.now == pytest.approx(0.9)
    assert "of the 900 MB in use in the heap of process 1010" in found.why


@pytest.mark.parametrize("each", [0.0, 1 * MB, 4 * MB])
def test_memory_of_which_little_follows_the_load_is_as_short_elsewhere(each: float) -> None:
    reason = futile(contained(0.9, each))
    place, _, rest = reason.partition(", ")
    assert place == "Of the 900 MB in use in the container of process 1010"
    assert int(rest.split()[0]) == pytest.approx(60 * each / MB, rel=0.05)
    assert reason.endswith("follow the load: what stays would be as short in any copy.")


def test_what_is_not_known_to_follow_the_load_does_not() -> None:
    seen = with_figures(snapshot(BUSY), cgroup_memory_limit=GB, cgroup_memory_usage=0.9 * GB)
    assert "it is not known how many follow the load" in futile(seen)


def test_what_stays_without_load_fills_any_machine() -> None:
    assert "77% are in use in the container of process 1010 without any load" in futile(contained(1.25, 8 * MB))


@pytest.mark.parametrize("share", [0.2, 0.74])
def test_memory_that_is_not_short_needs_no_machine(share: float) -> None:
    assert f"{share:.0%}: not short" in futile(contained(share, 2 * MB), killed=True)


def test_without_a_host_machines_cannot_be_counted() -> None:
    seen = with_figures(snapshot(BUSY, senders=Senders(host=False)), cgroup_memory_limit=GB, cgroup_memory_usage=0.9e9)
    assert futile(learned(seen, 8 * MB)).startswith("0 of its hosts")
    assert futile(snapshot(senders=Senders(host=False))).startswith("0 of its hosts")


def test_the_pools_of_all_copies_must_fit_the_database() -> None:
    seen = with_part(contained(0.9, 8 * MB), PartKind.POOL, "postgresql db:5432/shop", capacity=45.0, used=0.0,
                     unused=0.0)  # fmt: skip
    full = with_part(seen, PartKind.DATASTORE, "postgresql 127.0.0.1 5432 shop", capacity=100.0, reserved=3.0,
                     used=0.0)  # fmt: skip
    assert "of the 97 that postgresql" in futile(full)


def crowd(count: int, rss: float) -> Snapshot:
    """Processes without limits that fill a machine with what they hold at rest."""
    return snapshot(*[Load(rss=rss)] * count, machine=Machine(memory=8 * GB, available=0.8 * GB))


@pytest.mark.parametrize(("count", "rss", "machines", "left"), [(4, 1.5 * GB, 2, 2), (2, 3 * GB, 2, 1),
                                                                (6, 1.1 * GB, 2, 3)])  # fmt: skip
def test_processes_that_fill_a_machine_at_rest_are_spread_and_not_copied(
    count: int, rss: float, machines: int, left: int
) -> None:
    found = relieved(crowd(count, rss))
    memory = found.expected
    assert found.title == f"Spread the {count} processes over {machines} machines"
    assert (found.machines, found.copies) == (machines, count)
    assert memory.low == pytest.approx((7.2 - (count - left) * rss / GB) / 8)
    assert memory.high is not None
    assert memory.high <= 0.75
    assert math.isnan(found.rate)


def test_processes_that_take_little_leave_a_machine_as_full() -> None:
    reason = futile(crowd(4, 90 * MB))
    assert "4 processes take 360 MB of the 7.2 GB in use on web-1, which do not follow the load." in reason
    assert "With one of them there 87% would still be in use." in reason


def test_one_process_has_nobody_to_leave() -> None:
    assert "it is not known how many follow the load" in futile(crowd(1, 6 * GB))


def test_pages_that_processes_share_are_not_more_than_is_in_use() -> None:
    memory = relieved(crowd(4, 3 * GB)).expected
    assert memory.low == pytest.approx(0.45)
    assert memory.high == pytest.approx(0.45 * PEAK)
