"""vertical: memory, disks and the hosts of datastores; and what no size cures."""

from __future__ import annotations

from functools import partial

import pytest

from advisor.diagnosis import Evidence
from advisor.features import Snapshot
from advisor.vocabulary import PartKind
from tests import rulings
from tests.additions import with_cores, with_figures, with_part
from tests.answers import expected
from tests.builders import Load, Machine, Senders, snapshot
from tests.strategies.tools import shell

READS, WRITES = "datastore-read-bound", "datastore-write-bound"
CURABLE = {"memory-pressure", "disk-filling", "host-cpu-saturated", "event-loop-saturated", READS, WRITES}

offered = partial(rulings.offered, "vertical")
refused = partial(rulings.refused, "vertical")


@pytest.mark.parametrize("rule", [rule for rule in rulings.ALL if rule not in CURABLE])
def test_what_no_size_cures_is_refused(rule: str) -> None:
    full = snapshot(*[Load(elu=0.99, cpu=0.97)] * 2, machine=Machine(cores=2, cpu=0.97, memory=8e9, available=0.4e9))
    assert refused(rule, full)


@pytest.mark.parametrize(("available", "title"), [(0.4e9, "Move web-1 to 12 GB"), (2e9, "Move web-1 to 9.7 GB")])
def test_a_machine_gets_memory_for_its_peak(available: float, title: str) -> None:
    found = offered("memory-pressure", snapshot(machine=Machine(memory=8e9, available=available)))
    share = expected(found, "memory")
    assert found.title.startswith(title)
    assert share.high is not None
    assert share.high <= 0.75
    assert "a leak would fill this size too" in found.check_first


@pytest.mark.parametrize(("settles", "leaks"), [(False, True), (True, False)])
def test_growth_without_end_fills_a_bigger_machine_too(settles: bool, leaks: bool) -> None:
    full = snapshot(machine=Machine(memory=8e9, available=0.4e9))
    grew = (
        Evidence("growth", "Growth of the heap at equal load", 300e6, "By", 50e6, "at least", True),
        Evidence("growth_late", "Late growth, of early growth", 0.9, "1", 0.5, "at least", not settles),
    )
    if leaks:
        reason = refused("memory-pressure", full, *grew)
        assert reason == "Memory grew by 300 MB at equal load: a bigger machine only puts the end off."
    else:
        assert offered("memory-pressure", full, *grew).title.startswith("Move web-1 to 12 GB")


def test_a_roomy_machine_is_not_the_limit() -> None:
    assert "74% of the memory of web-1" in refused(
        "memory-pressure", snapshot(machine=Machine(memory=1e10, available=2.6e9))
    )


def test_a_container_gets_memory_where_its_own_limit_is_reached() -> None:
    tight = with_figures(snapshot(Load(rss=460e6)), cgroup_memory_limit=512e6)
    found = offered("memory-pressure", tight)
    assert found.title == "Give each container 738 MB of memory"
    assert {step.platform for step in found.steps} == {"Kubernetes", "Docker", "systemd"}
    assert len(shell.read(found.steps)) == 3


def test_a_container_of_several_processes_is_sized_by_what_all_of_them_use() -> None:
    workers = with_figures(snapshot(*[Load(rss=240e6)] * 4), cgroup_memory_limit=1e9, cgroup_memory_usage=0.95e9)
    found = offered("memory-pressure", workers)
    assert found.title == "Give each container 1.5 GB of memory"
    assert "95% of 1 GB are in use" in found.why
    assert expected(found, "memory").now == pytest.approx(0.95)


def test_a_roomy_container_is_no_reason_for_a_bigger_machine() -> None:
    """Others fill the machine, and a limit of its own leaves the service room."""
    full = snapshot(machine=Machine(memory=8e9, available=0.4e9))
    roomy = with_figures(full, cgroup_memory_limit=1e9, cgroup_memory_usage=0.24e9)
    assert "24% of the memory of its container" in refused("memory-pressure", roomy)


@pytest.mark.parametrize("rule", ["memory-pressure", "disk-filling", READS, WRITES])
def test_what_nobody_tells_is_not_short(rule: str) -> None:
    assert refused(rule, snapshot(senders=Senders(host=False))).startswith("0 of ")


def test_a_volume_grows_until_two_fifths_are_free() -> None:
    found = offered("disk-filling", with_part(snapshot(), PartKind.DISK, "/data", used=45e9, capacity=50e9))
    assert found.title == "Grow /data on web-1 to 80 GB"
    assert expected(found, "disk").now == 0.9
    assert shell.read(found.steps)


def test_a_roomy_volume_does_not() -> None:
    assert "is 40% full" in refused("disk-filling", with_part(snapshot(), PartKind.DISK, "/", used=4e9, capacity=1e10))


def _stored(machine: Machine, size: float = 40e9, missed: float = 300.0, at: str = "127.0.0.1") -> Snapshot:
    name = f"postgresql {at} 5432 shop"
    return with_part(snapshot(machine=machine), PartKind.DATASTORE, name, size=size, hits=9_000.0, misses=missed)


def test_data_that_does_not_fit_gets_memory() -> None:
    found = offered(READS, _stored(Machine(memory=8e9)))
    misses = expected(found, "misses")
    assert found.title == "Move web-1 to 16 GB of memory"
    assert misses.now == 30.0
    assert misses.low == 0.0
    assert misses.high == pytest.approx(30 * (40 - 16) / (40 - 8))


@pytest.mark.parametrize(
    "seen",
    [
        _stored(Machine(memory=8e9), size=6e9),
        _stored(Machine(memory=8e9), missed=50.0),
        _stored(Machine(memory=8e9), at="10.0.0.5"),
    ],
    ids=["it fits", "it is found", "it is elsewhere"],
)
def test_other_reads_gain_nothing_from_memory(seen: Snapshot) -> None:
    assert refused(READS, seen)


def test_writes_gain_nothing_from_memory() -> None:
    assert "40% busy" in refused(WRITES, _stored(Machine(memory=8e9)))


@pytest.mark.parametrize("rule", [READS, WRITES])
def test_a_full_host_of_a_datastore_gets_cores(rule: str) -> None:
    found = offered(rule, _stored(Machine(cores=4, cpu=0.9)))
    busy = expected(found, "cpu")
    assert found.title == "Move web-1, with the datastore, to 7 cores"
    assert busy.high is not None
    assert busy.high < 0.65


@pytest.mark.parametrize("scale", [1.0, 5.0])
def test_the_time_scale_changes_nothing(scale: float) -> None:
    seen = snapshot(machine=Machine(memory=8e9, available=0.4e9), time_scale=scale)
    assert offered("memory-pressure", seen).title.startswith("Move web-1 to 12 GB")


def test_the_volume_that_the_rule_names_grows_and_not_the_fullest() -> None:
    seen = with_part(snapshot(), PartKind.DISK, "/", used=85e9, capacity=100e9)
    seen = with_part(seen, PartKind.DISK, "/data", used=35e9, capacity=50e9)
    named = Evidence("free", "Free bytes", 0.3, "1", 0.4, "below", True, "/data on web-1")
    assert offered("disk-filling", seen, named).title == "Grow /data on web-1 to 60 GB"


def test_a_disk_of_small_files_gains_nothing_from_bytes() -> None:
    seen = with_part(snapshot(), PartKind.DISK, "/data", used=45e9, capacity=50e9, inodes_used=9.5e5, inodes=1e6)
    named = Evidence("free", "Free inodes", 0.05, "1", 0.4, "below", True, "/data on web-1")
    assert refused("disk-filling", seen, named).startswith("95% of the inodes of /data on web-1 are used")


def _writing(busy: float = 0.9, pending: float = 1.0, pending_disk: float = 4.0) -> Snapshot:
    """A PostgreSQL whose sessions wait for locks and for a disk, on a host that is hardly busy."""
    told = {"active": 6.0, "pending": pending, "pending_disk": pending_disk, "pending_inside": 0.0, "wal": 5e8}
    seen = snapshot(machine=Machine(cores=4, cpu=0.4))
    disk = with_part(seen, PartKind.DISK, "sda", busy=10 * busy)
    return with_part(disk, PartKind.DATASTORE, "postgresql 127.0.0.1 5432 shop", **told)


def test_writes_that_wait_for_a_busy_disk_get_a_faster_one() -> None:
    found = offered(WRITES, _writing())
    waiting = expected(found, "db_held_up")
    assert found.title == "Give postgresql 127.0.0.1 5432 on web-1 a faster disk"
    assert "Its disk is at work 90% of the time, and 4 of 6 active sessions wait for it" in found.why
    assert (waiting.now, waiting.low, waiting.high) == pytest.approx((4.0, 0.0, 4.0))
    assert shell.read(found.steps)


@pytest.mark.parametrize("seen", [_writing(busy=0.7), _writing(pending=4.0, pending_disk=1.0)], ids=["calm", "locks"])
def test_writes_that_do_not_wait_for_a_disk_keep_it(seen: Snapshot) -> None:
    assert "web-1 is 40% busy: a bigger one would wait alike" in refused(WRITES, seen)


def test_the_host_of_the_most_loaded_datastore_grows() -> None:
    """Six sessions on 16 cores are less than four on two, though its cache misses more."""
    seen = with_cores(snapshot(machine=Machine(cpu=0.9), hosts=2), 16, 2)
    seen = with_part(seen, PartKind.DATASTORE, "postgresql web-1 5432 a", active=6.0, size=9e9, hits=10.0, misses=900.0)
    seen = with_part(seen, PartKind.DATASTORE, "postgresql web-2 5432 b", active=4.0, size=9e9, hits=900.0, misses=10.0)
    assert offered(READS, seen).title == "Move web-2, with the datastore, to 4 cores"
