"""tune-heap: sized by what stays in use, within three quarters of the memory; vetoed for leaks; flags run by node."""

from __future__ import annotations

import math
import subprocess
from functools import partial
from pathlib import Path

import pytest

from advisor.diagnosis import Condition, Evidence, Option, Reading, Rejection, RuleState, Ruling
from advisor.engine import STRATEGIES
from advisor.features import Snapshot
from advisor.features.heap import young
from advisor.vocabulary import Verdict
from tests.additions import with_figures, with_host_figures, with_recalled
from tests.answers import expected, option, rejection
from tests.builders import YOUNG, Load, Machine, Senders, service, snapshot
from tests.heaps import ended_by_v8, the_last
from tests.pasts import Past, level, with_past
from tests.strategies.tools.node import program
from tests.strategies.tools.shell import read
from tests.strategies.tools.systemd import complaints

PRESSURE, LEAK, COLLECTING = "memory-pressure", "memory-leak", "gc-pressure"
MB, GB, MIB = 1e6, 1e9, 2**20

offered = partial(option, "tune-heap", PRESSURE)
refused = partial(rejection, "tune-heap", PRESSURE)


def full(share: float = 0.9, *, limit: float = 500 * MB, group: float = 4 * GB, name: str = "shop") -> Snapshot:
    """A heap that keeps this share of its limit, in a control group of that size."""
    rss = share * limit + 80 * MB
    seen = snapshot(Load(rss=rss), name=name)
    seen = with_figures(seen, heap_floor=share * limit, heap_limit=young(group) + limit)
    seen = with_figures(seen, cgroup_memory_limit=group, cgroup_memory_usage=rss)
    return with_recalled(seen, PRESSURE, service())


def collecting(minor: float, major: float, group: float = 4 * GB, room: float = math.nan) -> Option | Rejection:
    """What it says to the rule about garbage collection, which need not exist to be asked."""
    seen = with_figures(full(0.3, group=group), gc_minor=minor * 10, gc_major=major * 10, heap_young=room)
    reading = Reading(Condition.OVER, evidence=(Evidence("gc_share", "Garbage collection", minor + major, "1"),),
                      confidence=0.8)  # fmt: skip
    return STRATEGIES["tune-heap"].answer(
        seen, Ruling(COLLECTING, "", Verdict.FIRING, None, None, reading, RuleState())
    )


def code(found: Option, file: str, platform: str) -> str:
    return next(step.code for step in found.steps if step.platform == platform and file in step.file)


@pytest.mark.parametrize(("share", "limit", "group", "wanted"), [
    (0.9, 500 * MB, 4 * GB, 0.9 * 500 * MB / 0.6), (0.75, 500 * MB, 4 * GB, 0.75 * 500 * MB / 0.6),
    (0.9, 500 * MB, 0.9 * GB, 0.75 * 0.9 * GB), (0.9, 2 * GB, 16 * GB, 3 * GB),
])  # fmt: skip
def test_what_stays_fills_six_tenths_within_three_quarters_of_the_memory(
    share: float, limit: float, group: float, wanted: float
) -> None:
    assert offered(full(share, limit=limit, group=group)).title == f"Let the heap grow to {int(wanted / MIB):,} MiB"


def test_the_effect_is_what_stays_over_the_new_limit() -> None:
    kept = expected(offered(full()), "heap_ratio")
    assert kept.now == pytest.approx(0.9)
    assert kept.low is not None
    assert kept.high is not None
    assert kept.low < 0.6 < kept.high < 0.9


@pytest.mark.parametrize(("group", "why"), [
    (0.7 * GB, "already take 500 MB of the 700 MB"), (0.6 * GB, "already take 500 MB of the 600 MB"),
])  # fmt: skip
def test_it_never_takes_more_than_three_quarters(group: float, why: str) -> None:
    assert why in refused(full(0.86, group=group))


def test_a_heap_that_v8_ended_counts_as_it_was_and_not_as_the_next_one_begins() -> None:
    seen = ended_by_v8(240 * MB, 240 * MB)
    found = offered(with_recalled(seen, PRESSURE, seen.window))
    assert found.title == f"Let the heap grow to {int(400 * MB / MIB)} MiB"
    assert found.why.startswith("240 MB stay in use after collection, 96% of the limit")


def test_the_heap_of_the_last_process_counts_although_none_is_left() -> None:
    found = offered(the_last(0.95, ago=450.0))
    assert found.title.startswith("Let the heap grow to")
    assert "stay in use after collection, 9" in found.why


def test_the_memory_of_the_last_process_is_free_by_now_and_counts_once() -> None:
    """2 GB, of which 1.8 GB are free once the process is gone: three quarters of that are the most."""
    seen = with_host_figures(the_last(0.95, ago=450.0), memory_limit=2 * GB, memory_available=1.8 * GB)
    found = offered(with_figures(seen, memory_rss=1.15 * GB, heap_limit=YOUNG + 1.2 * GB, heap_floor=1.1 * GB,
                                 heap_used=1.1 * GB))  # fmt: skip
    assert "the process may use 1.8 GB" in found.why


def test_a_young_process_that_filled_its_heap_is_known_as_well() -> None:
    assert "A heap rose by" in refused(the_last(0.95, ago=450.0, load=Load(age=500.0)))


def test_one_that_rose_until_then_would_only_fill_later() -> None:
    seen = ended_by_v8(60 * MB, 250 * MB)
    assert "a bigger one only fills later" in refused(with_recalled(seen, PRESSURE, seen.window))


def test_processes_of_one_machine_share_what_is_free() -> None:
    def seen(count: int) -> Snapshot:
        machine = Machine(memory=4 * GB, available=1 * GB)
        loads = [Load(rss=500 * MB)] * count
        told = with_figures(snapshot(*loads, machine=machine), heap_floor=450 * MB, heap_limit=YOUNG + 500 * MB)
        return with_recalled(told, PRESSURE, service())

    assert offered(seen(1)).title == f"Let the heap grow to {int(750 * MB / MIB)} MiB"
    assert offered(seen(4)).title == f"Let the heap grow to {int(0.75 * 750 * MB / MIB)} MiB"


@pytest.mark.parametrize("share", [0.2, 0.69])
def test_a_heap_with_room_is_left_alone(share: float) -> None:
    assert "it has room" in refused(full(share))


def test_a_leak_is_vetoed() -> None:
    past = Past(30, 300.0, {"heap_floor": level(120 * MB, 8 * MB)})
    seen = with_figures(snapshot(Load()), heap_limit=YOUNG + 400 * MB, heap_floor=360 * MB)
    assert "only fills later" in rejection("tune-heap", LEAK, with_past(seen, LEAK, past))
    fast = Past(2.5, 120.0, {"heap_floor": level(100 * MB, 150 * MB)})
    assert "only fills later" in refused(with_past(full(), PRESSURE, fast))


def test_it_needs_heap_limit_and_memory() -> None:
    bare = with_recalled(snapshot(senders=Senders(probe=False)), PRESSURE, service())
    assert "0 processes report" in refused(bare)


def test_young_collections_get_a_larger_young_generation() -> None:
    found = collecting(minor=0.12, major=0.03)
    assert isinstance(found, Option)
    assert found.title == "Give young objects 64 MiB semi-spaces"
    told = expected(found, "gc_minor")
    assert told.now == pytest.approx(0.12)
    assert told.high is not None
    assert told.high < 0.12
    assert "--max-semi-space-size=64" in code(found, "heap.conf", "systemd")


def test_full_collections_do_not() -> None:
    found = collecting(minor=0.05, major=0.06)
    assert isinstance(found, Rejection)
    assert "it has room" in found.reason


def test_a_larger_young_generation_needs_room() -> None:
    found = collecting(minor=0.12, major=0.03, group=0.5 * GB)
    assert isinstance(found, Rejection)
    assert "198 MB" in found.reason


def test_who_has_a_large_one_already_is_told_so() -> None:
    found = collecting(minor=0.12, major=0.03, room=192 * MIB)
    assert isinstance(found, Rejection)
    assert "already take 201 MB" in found.reason


def test_as_much_is_hoped_for_as_the_room_grows() -> None:
    found = collecting(minor=0.12, major=0.03, room=96 * MIB)
    assert isinstance(found, Option)
    assert expected(found, "gc_minor").low == pytest.approx(0.06)


@pytest.mark.parametrize("flag", ["--max-old-space-size=715", "--max-semi-space-size=64"])
@pytest.mark.parametrize("by", ["environment", "command"])
def test_node_takes_the_flags_where_the_steps_put_them(flag: str, by: str) -> None:
    script = "JSON.stringify([require('v8').getHeapStatistics().heap_size_limit])"
    environ = {"NODE_OPTIONS": flag} if by == "environment" else {}
    flags = [flag] if by == "command" else []
    told = subprocess.run([program(), *flags, "-p", script], env=environ, capture_output=True, text=True, check=True)
    limit = float(told.stdout.strip().strip("[]"))
    plain = subprocess.run([program(), "-p", script], env={}, capture_output=True, text=True, check=True)
    if "old" in flag:
        assert 715 * MIB <= limit <= 1.2 * 715 * MIB
    else:
        assert limit > float(plain.stdout.strip().strip("[]"))


def test_systemd_understands_its_drop_in(tmp_path: Path) -> None:
    drop_in = code(offered(full()), "heap.conf", "systemd")
    assert complaints(drop_in, tmp_path) == ""
    assert f"--max-old-space-size={int(750 * MB / MIB)}" in drop_in


def test_node_can_load_the_file_for_pm2(tmp_path: Path) -> None:
    (tmp_path / "ecosystem.config.cjs").write_text(code(offered(full(name='a "b"')), "ecosystem", "PM2"))
    script = "const [app] = require('./ecosystem.config.cjs').apps; console.log(app.node_args)"
    told = subprocess.run([program(), "-e", script], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert told.stdout == f"--max-old-space-size={int(750 * MB / MIB)}\n"


def test_a_shell_can_read_its_commands() -> None:
    assert len(read(offered(full(name="it's mine")).steps)) == 3
