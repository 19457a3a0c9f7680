from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
import types
import zlib
from contextlib import suppress

import pytest

from advisor_agent.log import Log
from advisor_agent.settings import ConfigError
from advisor_agent.spool import Batch, Spool


def batch(number, size=10):
    return Batch(f"id-{number}", "application/json", "gzip" if number % 2 else "", b"x" * size)


def drained(spool):
    found = []
    while waiting := spool.first():
        found.append(waiting[1].id)
        spool.remove(waiting[0])
    return found


@pytest.fixture
def spool(tmp_path):
    return Spool(str(tmp_path / "state"), Log())


def test_first_in_first_out(spool):
    for number in range(5):
        spool.add(batch(number))
    assert len(spool) == 5
    assert drained(spool) == [f"id-{number}" for number in range(5)]
    assert len(spool) == 0


def test_the_first_stays_until_it_is_removed(spool):
    spool.add(batch(1))
    assert spool.first()[0] == spool.first()[0]
    name, same = spool.first()
    assert (same.id, same.content_type, same.encoding, same.body) == ("id-1", "application/json", "gzip", b"x" * 10)
    spool.remove(name)
    spool.remove(name)
    assert spool.first() is None


def test_where_a_batch_goes_is_kept(spool):
    spool.add(Batch("id-1", "application/json", "gzip", b"x", "logs"))
    _, found = spool.first()
    assert (found.id, found.content_type, found.encoding, found.body) == ("id-1", "application/json", "gzip", b"x")
    assert found.signal == "logs"


@pytest.fixture(scope="module")
def record():
    """A batch as it lies on the disk, with a real body."""
    body = zlib.compress(json.dumps({"resourceMetrics": [{"n": n} for n in range(60)]}).encode())
    return Batch("018f-1", "application/json", "gzip", body).to_bytes()


def test_a_record_is_read_as_it_was_written(record):
    assert Batch.from_bytes(record).to_bytes() == record


def test_a_record_that_is_torn_anywhere_is_no_batch(record):
    for length in range(len(record)):
        with pytest.raises(ValueError, match=r"not a whole batch|can't decode"):
            Batch.from_bytes(record[:length])


def test_a_record_with_any_flipped_bit_is_no_batch(record):
    for bit in range(len(record) * 8):
        flipped = bytearray(record)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(ValueError, match=r"not a whole batch|can't decode"):
            Batch.from_bytes(bytes(flipped))


def test_a_signal_that_nobody_knows_is_no_batch():
    with pytest.raises(ValueError, match="not a whole batch"):
        Batch.from_bytes(Batch("id-1", "application/json", "", b"{}", "traces").to_bytes())


def test_damaged_records_are_skipped_and_counted_and_the_others_arrive(tmp_path, spool):
    for number in range(20):
        spool.add(batch(number))
    files = sorted((tmp_path / "state/queue").iterdir())
    for file in files[::4]:
        data = bytearray(file.read_bytes())
        data[len(data) // 2] ^= 0x10
        file.write_bytes(bytes(data))
    assert drained(spool) == [f"id-{number}" for number in range(20) if number % 4]
    assert spool.dropped == 5


def test_what_was_added_is_on_the_disk_and_so_is_its_name(spool, monkeypatch):
    calls = []
    sync, replace = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda file: (calls.append(stat.S_IFMT(os.fstat(file).st_mode)), sync(file)))
    monkeypatch.setattr(os, "replace", lambda *paths: (calls.append("renamed"), replace(*paths)))
    spool.add(batch(1))
    assert calls == [stat.S_IFREG, "renamed", stat.S_IFDIR]


def test_room_is_left_to_others(tmp_path, capsys):
    spool = Spool(str(tmp_path / "state"), Log(), least_free_bytes=1 << 62)
    spool.add(batch(1))
    assert (len(spool), spool.only_in_memory) == (1, 1)
    assert "MiB would be left free" in capsys.readouterr().err
    assert drained(spool) == ["id-1"]


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


@pytest.fixture
def small_disk(tmp_path):
    """A filesystem of one megabyte."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("needs root, to mount a tmpfs")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_on_a_full_disk_what_is_there_stays_and_what_comes_waits_in_memory(small_disk, capsys):
    spool = Spool(str(small_disk / "state"), Log(), least_free_bytes=-(1 << 30))  # the disk itself refuses
    spool.add(batch(0, 1000))
    filler = small_disk / "filler"
    with suppress(OSError), filler.open("wb", buffering=0) as file:
        while file.write(b"x" * 4096):
            pass
    spool.add(batch(1, 10_000))
    assert (len(spool), spool.only_in_memory) == (2, 1)
    assert "No space left on device" in capsys.readouterr().err
    filler.unlink()
    spool.add(batch(2, 10_000))
    assert spool.only_in_memory == 1
    assert "can be written again" in capsys.readouterr().err
    assert drained(spool) == ["id-0", "id-1", "id-2"]
    assert spool.dropped == 0


def test_another_process_finds_what_was_queued_even_after_kill_9(tmp_path):
    program = (
        "import os, signal; from advisor_agent.log import Log; from advisor_agent.spool import Batch, Spool\n"
        f"spool = Spool({str(tmp_path)!r}, Log())\n"
        "for number in range(3): spool.add(Batch(f'id-{number}', 'application/json', '', b'{}'))\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    environ = {"PYTHONPATH": ":".join(sys.path)}
    subprocess.run([sys.executable, "-c", program], env=environ, check=False, timeout=60)
    assert drained(Spool(str(tmp_path), Log())) == ["id-0", "id-1", "id-2"]


def test_torn_and_half_written_files_are_dropped_and_counted(tmp_path, spool, capsys):
    spool.add(batch(1))
    spool.add(batch(2))
    folder = tmp_path / "state/queue"
    torn, _ = sorted(folder.iterdir())
    torn.write_bytes(b"id-1 appl")
    assert drained(spool) == ["id-2"]
    assert spool.dropped == 1
    assert "unreadable and is lost" in capsys.readouterr().err
    assert list(folder.iterdir()) == []


def test_a_half_written_file_of_a_killed_agent_is_cleared(tmp_path):
    folder = tmp_path / "queue"
    folder.mkdir()
    (folder / "x.batch.part").write_bytes(b"id")
    assert Spool(str(tmp_path), Log()).first() is None
    assert list(folder.iterdir()) == []


def test_over_the_limit_the_oldest_go(tmp_path, capsys):
    spool = Spool(str(tmp_path), Log(), most_disk_bytes=400)
    for number in range(10):
        spool.add(batch(number, 100))
    left = drained(spool)
    assert left == [f"id-{number}" for number in range(10 - len(left), 10)]
    assert spool.dropped == 10 - len(left) > 0
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
    (tmp_path / "away").rename(folder)
    spool.add(batch(3))
    assert spool.only_in_memory == 1
    assert drained(spool) == ["id-1", "id-2", "id-3"]


def test_the_directory_is_for_its_owner_only(tmp_path, spool):
    spool.add(batch(1))
    (file,) = (tmp_path / "state/queue").iterdir()
    assert (tmp_path / "state").stat().st_mode & 0o777 == 0o700
    assert file.stat().st_mode & 0o777 == 0o600


def test_two_agents_may_not_share_a_directory(tmp_path, spool):
    with pytest.raises(ConfigError, match="Another advisor-agent uses"):
        Spool(str(tmp_path / "state"), Log())
