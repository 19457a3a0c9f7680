"""Starting, watching and ending what is measured."""

from __future__ import annotations

import sys
from pathlib import Path

from bench import peers, proc
from bench.ours import Installed, ours
from bench.subject import Launch, Place, Running, Subject, needs_module, needs_program
from bench.wires import Datagrams

PYTHON = Path(sys.executable)


def subject(*command, wire=None):
    return Subject("test", "nothing", lambda python: "", lambda place: Launch(list(command), wire))


def test_a_subject_is_ended_with_all_that_it_started(tmp_path):
    script = "sleep 600 & echo started; wait"
    running = Running(subject("sh", "-c", script), Place(tmp_path / "run", 1, PYTHON))
    while "started" not in running.log.read_text():
        assert not running.trouble
    pids = proc.tree(running.pid, proc.stats())
    assert len(pids) == 2
    running.stop()
    while any(runs(pid) for pid in pids):
        pass  # the kernel is at it


def runs(pid):
    """False as soon as it has ended, whether or not somebody has asked for its status."""
    try:
        return bool(Path(f"/proc/{pid}/cmdline").read_bytes())
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_one_that_has_ended_is_in_trouble_and_its_last_words_are_told(tmp_path):
    running = Running(subject("sh", "-c", "echo no such option; exit 3"), Place(tmp_path / "run", 1, PYTHON))
    running._process.wait()
    assert running.trouble == "it has ended: no such option"
    running.stop()


def test_one_that_sends_nothing_is_in_trouble(tmp_path):
    running = Running(subject("sleep", "600", wire=Datagrams()), Place(tmp_path / "run", 1, PYTHON))
    assert running.trouble == "nothing came from it: it said nothing"
    running.stop()


def test_what_is_missing_is_named():
    assert needs_program("/nonexistent/netdata", "netdata-core")(PYTHON) == "apt install netdata-core"
    assert not needs_program("/bin/sh", "dash")(PYTHON)
    assert "requirements.txt" in needs_module("no_such_module")(PYTHON)
    assert "requirements.txt" in needs_module("json")(Path("/nonexistent/python"))
    assert not needs_module("json")(PYTHON)


def test_every_peer_is_found_by_its_place():
    names = [peer.name for peer in peers.found()]
    assert names == ["collectd", "glances", "netdata", "node_exporter", "opentelemetry", "process_exporter"]


def test_ours_reports_from_an_environment_of_its_own(tmp_path):
    installed = Installed(tmp_path / "installed")
    assert 100_000 < installed.size < 2_000_000
    running = Running(ours(installed), Place(tmp_path / "run", 1, PYTHON))
    while not running.wire.messages:
        assert running._process.poll() is None
    assert running.wire.points() > 20
    running.stop()
