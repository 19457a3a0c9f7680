from __future__ import annotations

import subprocess
import sys

import pytest

from advisor_agent.config import ConfigError
from advisor_agent.log import Log
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


@pytest.mark.parametrize(("encoding", "word"), [("gzip", b"gzip"), ("", b"-")])
def test_metrics_are_written_as_they_were_before_there_were_logs(encoding, word):
    before = b"id-1 application/json %s\n\n{}" % word
    found = Batch.from_bytes(before)
    assert (found.signal, found.encoding, found.body) == ("metrics", encoding, b"\n{}")
    assert found.to_bytes() == before


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"id-1",
        b"id-1 application/json - logs",
        b"id-1 application/json - logs\n",
        b"id-1 application/json\n{}",
        b"id-1 application/json - traces\n{}",
        b"id-1 application/json - lo\xe7s\n{}",
        b"id-1 application json - logs\n{}",
        b"id-1 application/json - logs\x2a{}",
    ],
)
def test_a_torn_or_flipped_file_is_no_batch(data):
    with pytest.raises(ValueError, match=r"not a whole batch|can't decode"):
        Batch.from_bytes(data)


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
