"""psutil beside /proc, on this Linux machine: what both see of real Node.js processes must be the same.

The two looks are a moment apart, so that only what stands still can be equal to the last digit. What moves is looked at
by psutil between two looks at /proc, and has to lie between them.
"""

from __future__ import annotations

import os
import sys
from datetime import datetime, timedelta

import psutil
import pytest

from advisor_agent import scene
from advisor_agent.collection import Collection, now
from advisor_agent.collectors import process_cpu
from advisor_agent.kernel import PAGE_BYTES, TICKS_PER_SECOND, Kernel
from advisor_agent.log import Log
from advisor_agent.portable import scene as portable_scene
from advisor_agent.portable.collectors import process_cpu as portable_process_cpu
from advisor_agent.portable.system import through
from advisor_agent.system import linux
from fakes.node import CLUSTER, IDLE, node

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /proc")

TICK = 1.001 / TICKS_PER_SECOND
"""Both read the kernel's ticks, and make seconds of them."""

MEMORY_SLACK = 3 * (os.cpu_count() or 1) * max(32, 2 * (os.cpu_count() or 1)) * PAGE_BYTES
"""/proc/PID/stat and statm may differ by what each processor has not yet added to the three counters of resident
pages: a batch, which is the larger of 32 and twice the processors (Linux, lib/percpu_counter.c)."""

SAME = (
    "process.thread.count",
    "process.unix.file_descriptor.count",
    "advisor.process.listening_port.count",
    "advisor.process.connection.count",
)
OF_THE_MACHINE = ("system.memory.limit", "system.cpu.logical.count", "system.filesystem.limit")
WHO = (
    *("service.name", "service.version", "advisor.service.name.source", "advisor.cluster.role", "process.command"),
    *("process.pid", "process.parent_pid", "process.executable.name", "process.runtime.version"),
)


class Look:
    """One export by one of the ways; of the processes only ours, since others come and go."""

    def __init__(self, system, ours):
        (self.host, *processes) = Collection(system, Log()).collect(now())
        self.processes = {
            report.resource["process.pid"]: report
            for report in processes
            if {report.resource["process.pid"], report.resource["process.parent_pid"]} & ours
        }


def levels(report, name):
    return {point.attributes: point.value for point in report.points if point.metric.name == name}


@pytest.fixture
def looks(tmp_path):
    """By /proc, by psutil, and by /proc again, at two services: one alone and a cluster of two workers."""
    (tmp_path / "package.json").write_text('{"name": "@acme/shop", "version": "1.2.3"}')
    named = {"OTEL_SERVICE_NAME": "nightly"}
    with node(tmp_path / "cluster.js", CLUSTER) as primary, node(tmp_path / "job" / "idle.js", IDLE, named) as idle:
        ours = {primary.pid, idle.pid}
        yield Look(linux(Kernel()), ours), Look(through(psutil), ours), Look(linux(Kernel()), ours)


def both(looks):
    """(by /proc, by psutil, by /proc again), for every process."""
    pids = sorted(looks[0].processes)
    return [tuple(look.processes[pid] for look in looks) for pid in pids]


def test_the_same_processes_are_found_under_the_same_names(looks):
    before, by_psutil, after = (look.processes.keys() for look in looks)
    assert before == by_psutil == after
    assert len(by_psutil) == 4
    for by_proc, by_psutil, _ in both(looks):
        assert {key: by_psutil.resource.get(key) for key in WHO} == {key: by_proc.resource.get(key) for key in WHO}


def test_they_started_at_the_same_time(looks):
    # Both add ticks to the start of the kernel, which /proc/stat rounds to a second anew whenever the clock is mended.
    for by_proc, by_psutil, _ in both(looks):
        times = [datetime.fromisoformat(found.resource["process.creation.time"][:-1]) for found in (by_proc, by_psutil)]
        assert abs(times[0] - times[1]) <= timedelta(seconds=1 + TICK)


@pytest.mark.parametrize("name", SAME)
def test_what_stands_still_is_equal(looks, name):
    for by_proc, by_psutil, again in both(looks):
        if levels(by_proc, name) == levels(again, name):
            assert levels(by_psutil, name) == levels(by_proc, name)


def test_some_processes_stood_still(looks):
    still = [found for found in both(looks) if all(levels(found[0], name) == levels(found[2], name) for name in SAME)]
    assert len(still) >= 2


@pytest.mark.parametrize("name", OF_THE_MACHINE)
def test_the_machine_is_as_large(looks, name):
    before, by_psutil, _ = (levels(look.host, name) for look in looks)
    common = before.keys() & by_psutil.keys()
    assert common
    assert {key: by_psutil[key] for key in common} == {key: before[key] for key in common}


@pytest.mark.parametrize(("name", "slack"), [("process.memory.usage", MEMORY_SLACK), ("process.uptime", 1.0)])
def test_what_moves_lies_between_the_looks_around_it(looks, name, slack):
    # By /proc an uptime runs with the kernel's clock, which the wall's follows by less than a second.
    for by_proc, by_psutil, again in both(looks):
        (low,), (found,), (high,) = (levels(look, name).values() for look in (by_proc, by_psutil, again))
        assert min(low, high) - slack <= found <= max(low, high) + slack


def test_cpu_time_of_a_busy_process_lies_between_the_looks_around_it(tmp_path):
    busy = (
        "console.log('ready'); setInterval(() => { const until = Date.now() + 50; while (Date.now() < until) {} }, 1)"
    )
    with node(tmp_path / "busy.js", busy) as script:
        before = _cpu_time(scene.Observer(Kernel()).look(), process_cpu, script.pid)
        found = _cpu_time(portable_scene.Observer(psutil).look(), portable_process_cpu, script.pid)
        after = _cpu_time(scene.Observer(Kernel()).look(), process_cpu, script.pid)
    assert after["user"] > 0
    for mode in ("user", "system"):
        assert before[mode] - TICK <= found[mode] <= after[mode] + TICK


def _cpu_time(view, module, pid):
    (process,) = (found for found in view.processes if found.pid == pid)
    samples = module.collect_process(view, process)
    return {dict(s.attributes)["cpu.mode"]: s.value for s in samples if s.metric.name == "process.cpu.time"}
