"""relieve-host: who is in the way, by name where that is known, and what that changes."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from advisor.diagnosis import Evidence
from advisor.features import Snapshot
from advisor.vocabulary import PartKind
from tests import rulings
from tests.additions import (
    with_figures,
    with_part,
    with_window,
)
from tests.answers import expected, rejection
from tests.builders import Load, Machine, Senders, snapshot
from tests.strategies.tools import shell
from tests.strategies.tools.logrotate import debugged
from tests.strategies.tools.systemd import complaints

STARVED = "host-cpu-saturated"
HOST_RULES = {STARVED, "memory-pressure", "disk-filling"}
SLOWED = Load(elu=0.9, cpu=0.6, rps=80)

offered = partial(rulings.offered, "relieve-host")
refused = partial(rulings.refused, "relieve-host")


def _beside(program: str = "backup", busy: float = 1.2, scale: float = 1.0, memory: float = 1e9) -> Snapshot:
    """A process that waits on a full host of two cores beside a program."""
    seen = snapshot(SLOWED, machine=Machine(cores=2, cpu=0.95), time_scale=scale)
    return with_part(seen, PartKind.PROGRAM, program, busy=busy * 10 / scale, memory=memory)


@pytest.mark.parametrize("scale", [1.0, 5.0])
def test_a_program_is_named_moved_or_held(scale: float, tmp_path: Path) -> None:
    found = offered(STARVED, _beside(scale=scale))
    assert found.title == "Move backup off web-1, or hold it to 0.6 cores"
    assert "Backup uses 1.2 of 2 cores" in found.why
    drop_in = next(step.code for step in found.steps if step.file.endswith("bounds.conf"))
    assert complaints(drop_in, tmp_path) == ""
    assert shell.read(found.steps)


@pytest.mark.parametrize("program", ["postgres", "redis-server"])
def test_a_datastore_is_never_held_back_for_the_service_waits_for_it(program: str) -> None:
    found = offered(STARVED, _beside(program))
    host = expected(found, "host_cpu")
    assert found.title == f"Give {program} a host of its own"
    assert not any("CPUQuota" in step.code or "nice" in step.code for step in found.steps)
    assert "replica" in found.steps[0].text
    assert "indexes" in found.check_first
    assert host.high == pytest.approx(0.5, abs=0.03)


def test_its_effect_frees_the_processor_and_the_loop() -> None:
    found = offered(STARVED, _beside())
    host, loop = expected(found, "host_cpu"), expected(found, "loop_utilization")
    assert host.now == pytest.approx(0.95, abs=0.01)
    assert host.low is not None
    assert host.high is not None
    assert 0.3 < host.low < host.high <= 0.81
    assert loop.low == pytest.approx(0.6, abs=0.02)
    assert loop.high == pytest.approx(0.7, abs=0.02)


def test_where_nothing_is_left_it_has_to_move() -> None:
    seen = snapshot(*[replace(SLOWED, elu=0.95, cpu=0.75)] * 2, machine=Machine(cores=2, cpu=0.99))
    busy = with_part(seen, PartKind.PROGRAM, "backup", busy=5.0)
    assert offered(STARVED, busy).title == "Move backup off web-1"


def test_other_services_are_counted() -> None:
    seen = snapshot(SLOWED, machine=Machine(cores=2, cpu=0.95, other_loops=(0.7, 0.6)))
    assert offered(STARVED, seen).title.startswith("Move 2 other Node.js processes off web-1")
    assert "2 other Node.js processes use 1.3 of 2 cores" in offered(STARVED, seen).why


def test_what_nobody_names_costs_confidence() -> None:
    unnamed = offered(STARVED, snapshot(SLOWED, machine=Machine(cores=2, cpu=0.95)))
    assert unnamed.title.startswith("Move other programs off web-1")
    assert any(step.file == "/etc/systemd/system/NAME.service.d/bounds.conf" for step in unnamed.steps)
    assert unnamed.confidence < offered(STARVED, _beside()).confidence


def test_a_host_that_the_service_fills_itself_has_nobody_to_move() -> None:
    own = snapshot(*[Load(elu=0.99, cpu=0.47)] * 4, machine=Machine(cores=2, cpu=0.97))
    assert "The service itself uses 1.8 of 2 cores" in refused(STARVED, own)


@pytest.mark.parametrize("busy", [0.1, 0.4])
def test_a_small_neighbour_may_stay(busy: float) -> None:
    own = snapshot(Load(elu=0.99, cpu=0.97), Load(elu=0.6, cpu=0.55 - busy), machine=Machine(cores=2, cpu=0.8))
    assert refused(STARVED, with_part(own, PartKind.PROGRAM, "backup", busy=busy * 10))


def test_a_quota_is_no_neighbour() -> None:
    seen = snapshot(SLOWED, machine=Machine(cores=1, cpu=0.6, throttled=0.4))
    assert "A quota holds it back in 40% of its periods on web-1" in rejection("relieve-host", STARVED, seen)
    roomy = _beside()
    held = with_figures(roomy, cgroup_cpu_limit=0.5, cgroup_periods=100.0, cgroup_throttled=14.0)
    assert offered(STARVED, held).title == offered(STARVED, roomy).title


def test_a_hypervisor_is_left() -> None:
    found = offered(STARVED, snapshot(SLOWED, machine=Machine(cores=2, cpu=0.7, steal=0.2)))
    assert found.title == "Move web-1 to a machine with processors of its own"
    assert expected(found, "cpu_steal").now == pytest.approx(0.2, abs=0.01)


def test_a_filling_disk_is_freed_of_logs_and_uploads(tmp_path: Path) -> None:
    found = offered(
        "disk-filling", with_part(snapshot(name="Shop 1"), PartKind.DISK, "/data", used=45e9, capacity=50e9)
    )
    disk = expected(found, "disk")
    assert found.title == "Rotate logs and move uploads off /data on web-1"
    assert (disk.now, disk.low, disk.high) == (0.9, None, 0.9)
    rules = next(step for step in found.steps if step.file.startswith("/etc/logrotate.d/"))
    assert "/var/log/Shop-1/*.log" in debugged(rules.code, tmp_path)
    assert "object storage" in " ".join(step.text for step in found.steps)
    assert shell.read(found.steps)


@pytest.mark.parametrize("rule", sorted(HOST_RULES))
def test_without_the_host_nothing_is_in_the_way(rule: str) -> None:
    assert refused(rule, snapshot(senders=Senders(host=False)))


@pytest.mark.parametrize("rule", [rule for rule in rulings.ALL if rule not in HOST_RULES])
def test_other_troubles_have_other_causes(rule: str) -> None:
    assert "42%" in refused(rule, _beside())


def test_the_fullest_of_several_machines_is_relieved() -> None:
    seen = snapshot(SLOWED, machine=Machine(cores=2, cpu=0.3), hosts=2)
    idle, full = seen.window.hosts
    track = snapshot(SLOWED, machine=Machine(cores=2, cpu=0.95)).window.hosts[0].track
    both = with_window(seen, hosts=(idle, replace(full, track=track)))
    assert "off web-2" in offered(STARVED, both).title


def test_the_disk_that_the_rule_names_is_freed_and_not_the_fullest() -> None:
    seen = with_part(snapshot(), PartKind.DISK, "/", used=85e9, capacity=100e9)
    seen = with_part(seen, PartKind.DISK, "/data", used=35e9, capacity=50e9)
    named = Evidence("free", "Free bytes", 0.3, "1", 0.4, "below", True, "/data on web-1")
    found = offered("disk-filling", seen, named)
    assert found.title == "Rotate logs and move uploads off /data on web-1"
    assert expected(found, "disk").now == 0.7
    assert offered("disk-filling", seen).title == "Rotate logs and move uploads off / on web-1"


def test_inodes_are_freed_by_removing_files_and_not_by_rotating_logs() -> None:
    seen = with_part(snapshot(), PartKind.DISK, "/data", used=5e9, capacity=50e9, inodes_used=9.5e5, inodes=1e6)
    seen = with_part(seen, PartKind.DISK, "/", used=85e9, capacity=100e9)
    named = Evidence("free", "Free inodes", 0.05, "1", 0.4, "below", True, "/data on web-1")
    found = offered("disk-filling", seen, named)
    assert found.title == "Remove small files from /data on web-1, which has inodes for few more"
    assert "95% of its 1,000,000 inodes are used" in found.why
    assert expected(found, "inodes").now == 0.95
    assert not any("logrotate" in step.platform for step in found.steps)
    assert shell.read(found.steps)
