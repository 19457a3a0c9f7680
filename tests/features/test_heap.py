"""heap: how much of V8's limit what lasts may fill."""

from __future__ import annotations

import json
import math
import subprocess

import numpy as np
import pytest

from advisor.features import Snapshot
from advisor.features.heap import heap_floor, heap_limit, heap_share, young
from tests.additions import with_figures, with_probe_figures
from tests.builders import Load, Machine, Senders, snapshot

GB, MIB = 1e9, 1024.0**2


def limit_of(seen: Snapshot) -> float:
    process = seen.processes[0]
    return heap_limit(seen, process.instance, process.span(600))


def floor_of(seen: Snapshot) -> float:
    return heap_floor(seen, seen.processes[0], 600)


@pytest.mark.parametrize(
    ("memory", "default", "by_hand"),
    [(256, 259, 303), (512, 259, 303), (1024, 524, 312), (2048, 1048, 324), (3000, 1548, 348), (24_576, 4144, 348)],
)
def test_it_is_as_node_was_seen_to_choose(memory: int, default: int, by_hand: int) -> None:
    """`heap_size_limit` in MiB of Node.js 20 in a control group of so much, without and with 300 MiB for old space."""
    old = min(max(memory / 2, 256), 4096)
    assert default * MIB - young(memory * MIB) == old * MIB
    assert by_hand * MIB - young(memory * MIB) == 300 * MIB


@pytest.mark.parametrize("old", [64, 300])
def test_it_is_as_node_chooses_here(old: int) -> None:
    code = (
        "const group = process.constrainedMemory();"
        "console.log(JSON.stringify([require('v8').getHeapStatistics().heap_size_limit,"
        " Math.min(require('os').totalmem(), group > 0 ? group : Infinity)]))"
    )
    told = subprocess.run(["node", f"--max-old-space-size={old}", "-e", code], capture_output=True, check=True)
    limit, memory = json.loads(told.stdout)
    assert limit - young(memory) == old * MIB


def test_objects_that_last_do_not_get_the_room_of_young_ones() -> None:
    seen = with_figures(snapshot(Load()), heap_floor=0.5 * GB, heap_used=1.5 * GB, heap_limit=2 * GB + 48 * MIB)
    assert limit_of(seen) == 2 * GB
    assert heap_share(seen, seen.processes[0], 600) == 0.25


@pytest.mark.parametrize("machine", [Machine(memory=64 * GB), Machine(memory=1024 * MIB)])
def test_the_memory_of_the_group_decides_where_it_is_less(machine: Machine) -> None:
    seen = with_figures(snapshot(Load(), machine=machine), heap_limit=524 * MIB, cgroup_memory_limit=1024 * MIB)
    assert limit_of(seen) == 512 * MIB


def test_an_agent_knows_the_room_of_young_objects_by_options_and_version() -> None:
    """`--max-old-space-size=256` to Node.js 24 on a machine of 24 GiB: 192 MiB of its limit are for young objects."""
    seen = with_figures(snapshot(Load()), heap_limit=448 * MIB, heap_young=192 * MIB, heap_floor=230 * MIB)
    assert limit_of(seen) == 256 * MIB
    assert heap_share(seen, seen.processes[0], 600) == 230 / 256


def test_without_known_memory_the_limit_is_taken_for_that_of_v8() -> None:
    silent = snapshot(Load(), senders=Senders(host=False))
    assert limit_of(with_figures(silent, heap_limit=524 * MIB)) == 512 * MIB
    assert limit_of(with_figures(silent, heap_limit=4144 * MIB)) == 4096 * MIB


def test_without_a_collection_it_is_the_least_in_use() -> None:
    seen = snapshot(Load(), senders=Senders(probe=False))
    assert math.isnan(heap_share(seen, seen.processes[0], 600))
    used = np.full(seen.window.instances[0].track.times.size, 0.9 * GB)
    used[-3] = 0.6 * GB
    assert floor_of(with_figures(seen, heap_used=used)) == 0.6 * GB


def test_few_looks_or_a_short_life_do_not_tell_what_is_garbage() -> None:
    seen = snapshot(Load(), senders=Senders(probe=False))
    used = np.full(seen.window.instances[0].track.times.size, 0.9 * GB)
    used[:-4] = math.nan
    assert math.isnan(floor_of(with_figures(seen, heap_used=used)))
    born = snapshot(Load(age=400.0), senders=Senders(probe=False))
    assert math.isnan(floor_of(with_figures(born, heap_used=0.9 * GB)))
    assert floor_of(with_figures(born, heap_used=0.9 * GB, heap_floor=0.5 * GB)) == 0.5 * GB


@pytest.mark.parametrize(("ago", "after", "kept"), [(310.0, 0.9, 0.9), (290.0, 0.9, 0.2), (310.0, 0.1, 0.1)])
def test_collections_of_the_last_minutes_tell_what_stays_now(ago: float, after: float, kept: float) -> None:
    seen = snapshot(Load())
    before = seen.window.instances[0].track.times < seen.now - ago
    changed = with_probe_figures(seen, heap_floor=np.where(before, 0.2, after) * GB)
    assert floor_of(changed) == kept * GB


def test_two_collections_do_not_yet_stand_for_what_stayed_before() -> None:
    seen = snapshot(Load())
    kept = np.full(seen.window.instances[0].track.times.size, math.nan)
    kept[[-120, -40, -20, -4]] = np.array([0.1, 0.3, 0.9, 0.9]) * GB
    assert floor_of(with_figures(seen, heap_floor=kept)) == 0.3 * GB


@pytest.mark.parametrize("nothing", [0.0, -1.0, math.nan])
def test_a_memory_of_nothing_is_not_told(nothing: float) -> None:
    seen = with_figures(
        snapshot(Load(), senders=Senders(host=False)), heap_limit=524 * MIB, cgroup_memory_limit=nothing
    )
    assert limit_of(seen) == 512 * MIB


@pytest.mark.parametrize("limit", [0.0, 8 * MIB, math.nan])
def test_a_heap_limit_without_room_is_unknown(limit: float) -> None:
    assert math.isnan(limit_of(with_figures(snapshot(Load()), heap_floor=0.5 * GB, heap_limit=limit)))
