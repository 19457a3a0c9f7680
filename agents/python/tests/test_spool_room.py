"""The queue where room runs out: on the disk, in memory, or in the table of descriptors."""

from __future__ import annotations

import errno
import os
import resource
import shutil
import types

import pytest

from advisor_agent.batch import Batch
from advisor_agent.log import Log
from advisor_agent.spool import Spool
from fakes.disk import filled
from fakes.queued import batch, drained


@pytest.fixture
def spool(tmp_path):
    return Spool(str(tmp_path / "state"), Log())


def test_room_is_left_to_others(tmp_path, capsys):
    spool = Spool(str(tmp_path / "state"), Log(), least_free_bytes=1 << 62)
    spool.add(batch(1))
    assert (len(spool), spool.only_in_memory) == (1, 1)
    assert "MiB would be left free" in capsys.readouterr().err
    assert drained(spool) == ["id-1"]


def test_on_a_full_disk_what_is_there_stays_and_what_comes_waits_in_memory(small_disk, capsys):
    spool = Spool(str(small_disk / "state"), Log(), least_free_bytes=-(1 << 30))  # the disk itself refuses
    spool.add(batch(0, 1000))
    filler = filled(small_disk)
    spool.add(batch(1, 10_000))
    assert (len(spool), spool.only_in_memory) == (2, 1)
    assert "No space left on device" in capsys.readouterr().err
    filler.unlink()
    spool.add(batch(2, 10_000))
    assert spool.only_in_memory == 0
    assert "can be written again" in capsys.readouterr().err
    assert drained(spool) == ["id-0", "id-1", "id-2"]
    assert spool.dropped == 0


def test_over_the_limit_the_oldest_go(tmp_path, capsys):
    spool = Spool(str(tmp_path), Log(), most_disk_bytes=4 * 4096)
    for number in range(10):
        spool.add(batch(number, 100))
    left = drained(spool)
    assert left == [f"id-{number}" for number in range(10 - len(left), 10)]
    assert (len(left), spool.dropped) == (4, 6)
    assert capsys.readouterr().err.count("queue is full") == 1


def test_without_a_directory_memory_serves_within_its_limit(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    spool = Spool(str(tmp_path / "file/state"), Log(), most_memory_bytes=250)
    for number in range(4):
        spool.add(batch(number, 100))
    assert (len(spool), spool.only_in_memory, spool.dropped) == (2, 2, 2)
    assert drained(spool) == ["id-2", "id-3"]
    assert "waits in memory only" in capsys.readouterr().err


def test_memory_and_files_keep_their_order(tmp_path, spool):
    spool.add(batch(1))
    folder = tmp_path / "state/queue"
    folder.rename(tmp_path / "away")
    spool.add(batch(2))
    assert spool.only_in_memory == 1
    (tmp_path / "away").rename(folder)
    spool.add(batch(3))
    assert spool.only_in_memory == 0
    assert drained(spool) == ["id-1", "id-2", "id-3"]


def test_half_a_file_does_not_stay_on_a_full_disk(tmp_path, small_disk):
    spool = Spool(str(small_disk / "state"), Log(), least_free_bytes=-(1 << 30))
    filled(small_disk)
    for number in range(3):
        spool.add(batch(number))
    assert spool.only_in_memory == 3
    assert list((small_disk / "state/queue").iterdir()) == []


def test_what_waits_in_memory_goes_to_the_disk_once_there_is_room(small_disk):
    spool = Spool(str(small_disk / "state"), Log(), least_free_bytes=-(1 << 30))
    filler = filled(small_disk)
    for number in range(20):
        spool.add(batch(number))
    filler.unlink()
    spool.add(batch(20))
    spool.add(batch(21))
    assert (len(spool), spool.only_in_memory) == (22, 0)
    files = sorted((small_disk / "state/queue").iterdir())
    assert [Batch.from_bytes(file.read_bytes()).id for file in files] == [f"id-{number}" for number in range(22)]


@pytest.mark.parametrize("taken", ["by the queue itself", "by others"])
def test_on_a_disk_that_is_short_of_room_the_oldest_go_and_nothing_in_between(small_disk, taken):
    spool = Spool(str(small_disk / "state"), Log(), most_memory_bytes=30_000, least_free_bytes=-(1 << 30))
    for number in range(50):
        spool.add(batch(number, 10_000))
    if taken == "by others":
        spool._least_free = 1 << 62
    for number in range(50, 200):
        spool.add(batch(number, 10_000))
    left = drained(spool)
    assert left == [f"id-{number}" for number in range(200 - len(left), 200)]
    assert len(left) + spool.dropped == 200
    assert len(left) >= 50


def test_without_a_free_descriptor_nothing_is_lost(spool, capsys):
    spool.add(batch(1))
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    free = os.dup(0)
    os.close(free)
    resource.setrlimit(resource.RLIMIT_NOFILE, (free, hard))
    try:
        assert spool.first() is None
        spool.add(batch(2))
        assert spool.first()[1].id == "id-2", "what can be read goes on"
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert (drained(spool), spool.dropped) == (["id-1", "id-2"], 0)
    assert "Too many open files" in capsys.readouterr().err


def test_a_batch_that_reached_the_disk_but_not_for_sure_is_kept_once(tmp_path, spool, monkeypatch):
    def fails(folder):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr("advisor_agent.spool._sync_folder", fails)
    spool.add(batch(1))
    assert spool.only_in_memory == 1
    assert drained(spool) == ["id-1"]
    assert list((tmp_path / "state/queue").iterdir()) == [], "the next start would send it again"


def test_without_what_windows_lacks_a_batch_is_kept_all_the_same(tmp_path, monkeypatch):
    monkeypatch.delattr(os, "statvfs")
    monkeypatch.delattr(os, "O_DIRECTORY")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: types.SimpleNamespace(free=1 << 40))
    spool = Spool(str(tmp_path / "state"), Log())
    spool.add(batch(1))
    assert (len(spool), spool.only_in_memory) == (1, 0)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: types.SimpleNamespace(free=0))
    spool.add(batch(2))
    assert spool.only_in_memory == 1
