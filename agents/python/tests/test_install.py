from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

from advisor_agent import install as module
from advisor_agent.install import UNIT, InstallError, install, unit


@pytest.fixture
def files(tmp_path):
    """A settings file and a token, as `enroll` leaves them."""
    for name in ("agent.toml", "token"):
        (tmp_path / name).write_text("")
    return str(tmp_path / "agent.toml"), str(tmp_path / "token")


@pytest.fixture
def systemctl(monkeypatch):
    """The words that systemctl was called with; it succeeds."""
    monkeypatch.setattr(sys, "argv", ["/usr/bin/true"])
    monkeypatch.setattr(sys, "executable", "/usr/bin/true")
    called = []

    def run(words):
        called.append(list(words))
        return 0

    run.called = called
    return run


def test_the_unit_is_written_started_and_starts_with_the_machine(files, tmp_path, systemctl):
    said = install(*files, True, str(tmp_path), systemctl)
    text = (tmp_path / UNIT).read_text()
    assert f"ExecStart={os.path.realpath('/usr/bin/true')} run --config %d/agent.toml\n" in text
    assert f"LoadCredential=token:{files[1]}\n" in text
    assert systemctl.called == [
        ["systemctl", "daemon-reload"],
        ["systemctl", "enable", "--now", UNIT],
        ["systemctl", "restart", UNIT],
    ]
    assert "journalctl" in said
    assert "does not see" not in said


def test_without_privilege_it_says_what_is_hidden_and_what_shows_it(files, tmp_path, systemctl):
    said = install(*files, False, str(tmp_path), systemctl)
    text = (tmp_path / UNIT).read_text()
    assert "AmbientCapabilities=\nCapabilityBoundingSet=\n" in text
    assert "ports and connections" in said
    assert "CAP_SYS_PTRACE" in said


def test_a_unit_that_somebody_changed_is_kept_beside_the_new_one(files, tmp_path, systemctl):
    (tmp_path / UNIT).write_text("mine")
    install(*files, True, str(tmp_path), systemctl)
    assert (tmp_path / f"{UNIT}.old").read_text() == "mine"


@pytest.mark.parametrize("missing", [0, 1])
def test_before_it_is_enrolled_it_says_so(files, tmp_path, systemctl, missing):
    os.unlink(files[missing])
    with pytest.raises(InstallError, match="Run `advisor-agent enroll` first"):
        install(*files, True, str(tmp_path), systemctl)
    assert systemctl.called == []


def test_what_systemd_refuses_is_named(files, tmp_path, systemctl):
    with pytest.raises(InstallError, match="`systemctl daemon-reload` failed"):
        install(*files, True, str(tmp_path), lambda words: 1)


def test_where_it_may_not_write_it_says_what_to_do(files, tmp_path, systemctl):
    with pytest.raises(InstallError, match="Run this as root, under systemd"):
        install(*files, True, str(tmp_path / "no such folder"), systemctl)


def test_a_python_that_a_service_may_not_read_is_refused(files, tmp_path, systemctl, monkeypatch):
    monkeypatch.setattr(module.os.path, "realpath", lambda path: "/root/.pyenv/bin/python3")
    with pytest.raises(InstallError, match="may not read /root/"):
        install(*files, True, str(tmp_path), systemctl)
    assert not (tmp_path / UNIT).exists()


def test_one_file_is_laid_where_a_service_can_read_it(files, tmp_path, systemctl, monkeypatch):
    archive = tmp_path / "advisor-agent.pyz"
    archive.write_bytes(b"archive")
    monkeypatch.setattr(sys, "argv", [str(archive)])
    monkeypatch.setattr(module, "_ARCHIVE", str(tmp_path / "lib" / "advisor-agent.pyz"))
    install(*files, True, str(tmp_path), systemctl)
    assert (tmp_path / "lib" / "advisor-agent.pyz").read_bytes() == b"archive"
    assert f" -S {tmp_path}/lib/advisor-agent.pyz run" in (tmp_path / UNIT).read_text()


@pytest.mark.parametrize("is_privileged", [True, False])
def test_systemd_finds_nothing_wrong_with_it(tmp_path, is_privileged):
    verify = shutil.which("systemd-analyze")
    if verify is None:
        pytest.skip("systemd-analyze is not installed")
    path = tmp_path / UNIT
    path.write_text(unit("/bin/true", "/etc/advisor-agent/agent.toml", "/etc/advisor-agent/token", is_privileged))
    done = subprocess.run([verify, "verify", str(path)], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
