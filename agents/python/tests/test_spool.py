from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import zlib

import pytest

from advisor_agent.batch import Batch
from advisor_agent.log import Log
from advisor_agent.settings import ConfigError
from advisor_agent.spool import Spool
from fakes.queued import batch, drained


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


def test_the_directory_is_for_its_owner_only(tmp_path, spool):
    spool.add(batch(1))
    (file,) = (tmp_path / "state/queue").iterdir()
    assert (tmp_path / "state").stat().st_mode & 0o777 == 0o700
    assert file.stat().st_mode & 0o777 == 0o600


def test_two_agents_may_not_share_a_directory(tmp_path, spool):
    with pytest.raises(ConfigError, match="Another advisor-agent uses"):
        Spool(str(tmp_path / "state"), Log())


def test_what_is_no_batch_is_left_alone_and_hides_nothing(tmp_path):
    folder = tmp_path / "queue"
    (folder / "0.batch").mkdir(parents=True)
    (folder / "1.batch.part").mkdir()
    (folder / "2").write_text("")
    (folder / "3.batch").write_bytes(batch(3).to_bytes())
    assert drained(Spool(str(tmp_path), Log())) == ["id-3"]
    assert sorted(os.listdir(folder)) == ["0.batch", "1.batch.part", "2"]


def test_a_batch_that_was_dropped_is_gone(spool):
    spool.add(batch(1))
    name, _ = spool.first()
    assert [spool.remove(name), spool.remove(name)] == [True, False]
