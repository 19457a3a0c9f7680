from __future__ import annotations

import pytest

from advisor_agent.collectors import process_heap
from advisor_agent.scene import Observer

UNIT = "/system.slice/shop.service"
MIB = 1 << 20
ENVIRON = {"PATH": "/bin"}


@pytest.fixture
def limit(machine, figures):
    """MiB that are told of a process with these options, None for nothing."""

    def _limit(*options, environ=ENVIRON, cgroup=UNIT, name="advisor.v8js.memory.heap.limit"):
        machine.node(100, *options, "server.js", environ=environ, cgroup=f"0::{cgroup}\n")
        scene = Observer(machine.kernel).look()
        found = figures(process_heap.collect_process(scene, scene.processes[0]))
        told = found.get((name,))
        return None if told is None else told / MIB

    return _limit


def test_the_size_that_is_set_counts_with_the_room_of_young_objects(limit):
    assert limit("--max-old-space-size=256") == 304
    assert limit(environ={"NODE_OPTIONS": "--max_old_space_size=512"}) == 560


def test_what_young_objects_may_take_is_told_beside_it(limit):
    young = "advisor.v8js.memory.heap.young.limit"
    assert limit(name=young) == 48
    assert limit("--max-semi-space-size=64", name=young) == 192
    assert limit("--max-heap-size=512", name=young) is None


def test_without_one_it_is_what_v8_takes_of_the_machines_memory(limit):
    assert limit() == 2096


def test_or_of_the_control_groups(machine, limit):
    machine.limited(UNIT, 1.0, 1024 * MIB)
    assert limit() == 524
    assert limit("--max-old-space-size=256") == 268


def test_a_limit_further_up_is_not_seen_by_each_version_so_no_default_is_told(machine, limit):
    machine.write("sys/fs/cgroup/system.slice/memory.max", f"{1024 * MIB}\n")
    assert limit() is None
    assert limit("--max-old-space-size=256") == 268


@pytest.mark.parametrize("name", ["memory.high", "memory.soft_limit_in_bytes"])
def test_a_soft_limit_leaves_the_default_unsure(machine, limit, name):
    machine.write(f"sys/fs/cgroup{UNIT}/{name}", f"{1024 * MIB}\n")
    assert limit() is None


@pytest.mark.parametrize("text", ["max\n", f"{(1 << 63) - 4096}\n"])
def test_no_soft_limit_leaves_it_sure(machine, limit, text):
    machine.write(f"sys/fs/cgroup{UNIT}/memory.high", text)
    assert limit() == 2096


def test_who_hides_its_variables_or_its_group_is_not_guessed(limit):
    assert limit(environ={}) is None
    assert limit("--max-old-space-size=256", environ={}) == 304


def test_bun_and_deno_have_none(machine, figures):
    machine.write("usr/bin/node", "\0napi_create_function\0 Bun v1.2.3\0")
    machine.node(100, "--max-old-space-size=256", "server.ts", environ=ENVIRON)
    machine.link("proc/100/exe", str(machine.root / "usr/bin/bun"))
    machine.write("usr/bin/bun", "\0napi_create_function\0 Bun v1.2.3\0")
    scene = Observer(machine.kernel).look()
    assert [figures(process_heap.collect_process(scene, one)) for one in scene.processes] == [{}]


def test_a_machine_of_32_bits_is_not_known(machine, limit, monkeypatch):
    monkeypatch.setattr(machine.kernel, "architecture", lambda: "armv7l")
    assert limit("--max-old-space-size=256") is None
