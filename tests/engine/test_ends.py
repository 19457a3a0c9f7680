"""No rule leads into a dead end: each shape in which one fires leaves at least one way out."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from advisor.diagnosis import RuleState
from advisor.engine import RULES, judge
from advisor.features import Snapshot
from advisor.vocabulary import PartKind, Verdict
from advisor.vocabulary.events import EXITED
from tests.additions import (
    happened,
    with_events,
    with_figures,
    with_host_figures,
    with_machines,
    with_part,
    with_probe_figures,
    with_recalled,
)
from tests.builders import NOW, YOUNG, Load, Machine, service, snapshot
from tests.pasts import descriptors, level
from tests.releases import released
from tests.rules import (
    test_crash_loop,
    test_datastore_read_bound,
    test_datastore_write_bound,
    test_descriptor_exhaustion,
    test_descriptor_leak,
    test_disk_filling,
    test_downstream_bound,
    test_event_loop_blocked,
    test_event_loop_saturated,
    test_gc_pressure,
    test_host_cpu_saturated,
    test_memory_leak,
    test_memory_pressure,
    test_overprovisioned,
    test_thread_pool_saturated,
    test_uneven_load,
    test_websocket_capacity,
)

holding = test_descriptor_exhaustion.holding
COOL = test_uneven_load.COOL
SMALL = Machine(cores=2, cpu=0.85)


def _uncounted() -> Snapshot:
    """Descriptors near their limit of which nobody counts those that are connections."""
    return with_figures(holding(0.85), connections=math.nan, websockets=math.nan)


def _full_kernel(share: float = 0.3) -> Snapshot:
    return with_host_figures(holding(share), fd_open=95_000.0, fd_limit=100_000.0)


def _ended(code: str, connected: float = 0.9) -> Snapshot:
    return with_events(holding(0.3, connected=connected), happened(EXITED.name, 200, exception=f"Error {code}"))


def _high(connected: float) -> Snapshot:
    """As many descriptors as a process is usually allowed, nearly all of them open."""
    return with_figures(holding(0.9), fd_limit=65_536.0, fd_open=60_000.0, fd_sockets=60_000.0 * connected,
                        connections=60_000.0 * connected)  # fmt: skip


def _pooled(threads: float, machine: Machine, cores: float = math.nan) -> Snapshot:
    load = replace(test_thread_pool_saturated.SLOW_FILES, threads_cpu=threads)
    return with_figures(test_thread_pool_saturated.pooled(load, machine=machine), cgroup_cpu_limit=cores)


def _called(share: float = 0.8, **pool: float) -> Snapshot:
    seen = snapshot(test_downstream_bound.SLOW, name="checkout")
    track = seen.window.instances[0].track
    calls = {"count": 2 * track.values["requests"], "duration": share * track.values["request_time"]}
    seen = with_part(seen, PartKind.DATABASE, test_downstream_bound.DB, **calls)
    return with_part(seen, PartKind.POOL, test_downstream_bound.DB, **pool) if pool else seen


def _stored(figures: dict[str, float], **disk: float) -> Snapshot:
    """A datastore beside the service, whose programs keep its machine busy."""
    load = Load(elu=0.2, cpu=0.2, rps=40, latency=1.5, spread=0.0)
    seen = snapshot(load, name="checkout", machine=Machine(cores=2, cpu=0.6))
    seen = with_part(seen, PartKind.PROGRAM, "postgres", busy=seen.window.hosts[0].track.spans)
    seen = with_part(seen, PartKind.DISK, "sda", **disk) if disk else seen
    return with_part(seen, PartKind.DATASTORE, test_datastore_write_bound.HERE, **figures)


SHAPES = {
    "crash-loop: each minute": test_crash_loop.seen(*test_crash_loop.crashing(4)),
    "descriptor-exhaustion: connections": holding(0.85),
    "descriptor-exhaustion: connections of a high limit": _high(0.9),
    "descriptor-exhaustion: no connections": holding(0.85, connected=0.1),
    "descriptor-exhaustion: no connections of a high limit": _high(0.1),
    "descriptor-exhaustion: nobody counts": _uncounted(),
    "descriptor-exhaustion: grows": descriptors(level(60, 200), 560),
    "descriptor-exhaustion: the kernel": _full_kernel(),
    "descriptor-exhaustion: the kernel and a process": _full_kernel(0.9),
    "descriptor-exhaustion: ended by EMFILE": _ended("EMFILE"),
    "descriptor-exhaustion: ended by EMFILE, no connections": _ended("EMFILE", 0.1),
    "descriptor-exhaustion: ended by ENFILE": _ended("ENFILE"),
    "memory-pressure: a control group": test_memory_pressure.grouped(0.95),
    "memory-pressure: a machine": test_memory_pressure.hosted(0.95, 0.8),
    "memory-pressure: several on a machine": test_memory_pressure.hosted(0.95, 0.8, processes=4),
    "memory-pressure: a heap": test_memory_pressure.heaped(0.9),
    "memory-pressure: grows": test_memory_pressure.growing(level(300e6, 100e6), 0.75),
    "disk-filling: within a day": test_disk_filling.disk(test_disk_filling.grows(70, 2)),
    "disk-filling: inodes": test_disk_filling.disk(
        test_disk_filling.grows(40, 0), inodes=test_disk_filling.grows(92, 0)
    ),
    "dropped-at-deploy: two of three": released(40, 0, 40),
    "uneven-load: more requests": snapshot(Load(elu=0.9, rps=180), COOL, COOL),
    "uneven-load: other routes": snapshot(Load(elu=0.9, rps=60, routes={"GET /": 0.5, "GET /report": 0.5}), COOL, COOL),
    "uneven-load: a few of other routes": snapshot(
        Load(elu=0.9, rps=60, routes={"GET /": 0.85, "GET /report": 0.15}), COOL, COOL
    ),
    "uneven-load: sick": snapshot(Load(elu=0.8, cpu=0.4, rps=60, latency=0.05), COOL, COOL),
    "uneven-load: a slower machine": with_machines(
        snapshot(*[replace(COOL, elu=0.4)] * 4, *[replace(COOL, elu=0.8)] * 2, hosts=3), 2, 2, 2
    ),
    "uneven-load: stuck": snapshot(Load(elu=1.0, cpu=1.0, rps=0.0), COOL, COOL),
    "host-cpu-saturated: loops wait": snapshot(
        *[test_host_cpu_saturated.STARVED] * 4, machine=test_host_cpu_saturated.FULL_HOST
    ),
    "host-cpu-saturated: a quota": test_host_cpu_saturated.held(test_host_cpu_saturated.STARVED),
    "gc-pressure: a full heap": with_probe_figures(
        snapshot(test_gc_pressure.PAUSED), heap_floor=1.7e9, heap_limit=YOUNG + 2e9
    ),
    "gc-pressure: pauses": snapshot(test_gc_pressure.PAUSED),
    "gc-pressure: garbage": with_probe_figures(snapshot(test_gc_pressure.CHURNING), gc_major=0.1, gc_minor=1.2),
    "event-loop-blocked: code": snapshot(test_event_loop_blocked.HEAVY),
    "event-loop-blocked: a call": snapshot(test_event_loop_blocked.CALLING),
    "event-loop-saturated: idle cores": snapshot(test_event_loop_saturated.FULL, machine=Machine(cpu=0.6)),
    "event-loop-saturated: no idle core": snapshot(test_event_loop_saturated.FULL, machine=Machine(cores=1, cpu=0.79)),
    "thread-pool-saturated: waits": _pooled(0.05, Machine(cores=8, cpu=0.1)),
    "thread-pool-saturated: computes beside idle cores": _pooled(3.4, Machine(cores=8, cpu=0.5)),
    "thread-pool-saturated: computes without": _pooled(1.4, SMALL),
    "thread-pool-saturated: computes in a quota": _pooled(1.6, Machine(cores=8, cpu=0.25), 2.0),
    "websocket-capacity: the loop": test_websocket_capacity.past(
        test_websocket_capacity.chat(3_650), test_websocket_capacity.day(200, 3_200)
    ),
    "downstream-bound: calls": _called(),
    "downstream-bound: a pool": _called(0.3, used=10.0, capacity=10.0, pending=8.0),
    "datastore-write-bound: waits": _stored(test_datastore_write_bound.WRITES),
    "datastore-read-bound: scans": _stored(test_datastore_read_bound.SCANS),
    "memory-leak: a heap": test_memory_leak.leaking(),
    "descriptor-leak: not closed": test_descriptor_leak.leaking(level(60, 120)),
    "overprovisioned: half would do": with_recalled(test_overprovisioned.fleet(), "memory-pressure", service()),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_it_leaves_a_way_out(shape: str) -> None:
    rule = shape.partition(":")[0]
    stood = RuleState(Verdict.FIRING, NOW - 3_600, NOW - 3_600, None, NOW - 3_600)
    judgement = judge(SHAPES[shape], {rule: stood})
    ruling = next(one for one in judgement.rulings if one.rule == rule)
    advice = next((one for one in judgement.advice if one.ruling.rule == rule), None)
    assert ruling.reading.condition == "over", (ruling.reading, ruling.held_back_by)
    assert advice is not None, ruling.held_back_by
    assert advice.options, [f"{no.id}: {no.reason}" for no in advice.rejected]


def test_no_rule_is_left_out() -> None:
    assert {shape.partition(":")[0] for shape in SHAPES} == set(RULES)
