from __future__ import annotations

import pytest

from advisor_agent.collectors import process_cgroup
from advisor_agent.scene import Observer

UNIT = "/system.slice/shop.service"
NAME = "advisor.process.cgroup"


@pytest.fixture
def collected(machine, figures):
    def _collected(cgroup=UNIT):
        machine.node(100, "server.js", cgroup=f"0::{cgroup}\n")
        scene = Observer(machine.kernel).look()
        return figures(process_cgroup.collect_process(scene, scene.processes[0]))

    return _collected


def test_limits_what_is_used_of_them_and_how_often_they_held_back(machine, collected):
    machine.limited(UNIT, 0.5, 512_000_000, seconds=20)
    assert collected() == {
        (f"{NAME}.cpu.limit",): 0.5,
        (f"{NAME}.cpu.periods",): 200,
        (f"{NAME}.cpu.throttled_periods",): 100,
        (f"{NAME}.cpu.throttled.time",): 5.0,
        (f"{NAME}.memory.limit",): 512_000_000,
        (f"{NAME}.memory.usage",): 256_000_000,
    }


def test_the_tightest_of_the_ancestors_counts(machine, collected):
    machine.limited(UNIT, 2.0, 512_000_000)
    machine.write("sys/fs/cgroup/system.slice/memory.max", "300000000\n")
    machine.write("sys/fs/cgroup/system.slice/memory.current", "100\n")
    found = collected()
    assert found[f"{NAME}.cpu.limit",] == 1.5
    assert (found[f"{NAME}.memory.limit",], found[f"{NAME}.memory.usage",]) == (300_000_000, 100)


def test_without_limits_nothing_is_told(machine, collected):
    machine.write("sys/fs/cgroup/user.slice/memory.max", "max\n")
    assert collected("/user.slice") == {}


def test_a_process_that_hides_its_group_is_not_limited_by_it(machine, collected):
    assert collected("") == {}


def test_processes_of_one_group_are_read_once_and_told_alike(machine, figures, monkeypatch):
    machine.limited(UNIT, 0.5, 512_000_000)
    for pid in (100, 101, 102):
        machine.node(pid, "server.js", cgroup=f"0::{UNIT}\n")
    scene = Observer(machine.kernel).look()
    read, names = machine.kernel.read, []
    monkeypatch.setattr(machine.kernel, "read", lambda *parts: (names.append(parts[-1]), read(*parts))[1])
    told = [figures(process_cgroup.collect_process(scene, process)) for process in scene.processes]
    assert told[0] == told[1] == told[2] != {}
    assert names.count("memory.current") == 1


def test_a_new_limit_is_seen_within_a_minute(machine, collected):
    machine.limited(UNIT, 0.5, 512_000_000)
    collected()
    machine.limited(UNIT, 0.25, 512_000_000)
    machine.at(60)
    assert collected()[f"{NAME}.cpu.limit",] == 0.25
