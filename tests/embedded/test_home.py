"""The home is private, belongs to one run at a time, and its socket's path always fits."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from advisor.embedded import home, plan
from advisor.embedded.plan import Plan
from advisor.embedded.refusal import CannotStartError


@pytest.fixture
def current(tmp_path: Path) -> Plan:
    return plan.read({"ADVISOR_HOME": str(tmp_path / "home")}, is_demo=False)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_only_the_owner_may_look(current: Plan) -> None:
    home.prepare(current)
    assert mode(current.home) == 0o700
    assert mode(current.home / "secret-key") == 0o600
    assert len((current.home / "secret-key").read_text()) >= 50


def test_the_secret_key_stays(current: Plan) -> None:
    home.prepare(current)
    key = (current.home / "secret-key").read_text()
    home.prepare(current)
    assert (current.home / "secret-key").read_text() == key


def test_an_empty_secret_key_is_made_anew(current: Plan) -> None:
    home.prepare(current)
    (current.home / "secret-key").write_text("")
    home.prepare(current)
    assert (current.home / "secret-key").read_text()


def test_a_home_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    blocked = plan.read({"ADVISOR_HOME": str(tmp_path / "file" / "home")}, is_demo=False)
    with pytest.raises(CannotStartError, match="set ADVISOR_HOME to a directory that you own") as refusal:
        home.prepare(blocked)
    assert "\n" not in str(refusal.value)


def test_one_run_at_a_time(current: Plan) -> None:
    home.prepare(current)
    assert not home.is_running(current.home)
    with home.lock(current):
        assert home.is_running(current.home)
        with pytest.raises(CannotStartError, match="Already running"):
            home.lock(current)
    assert not home.is_running(current.home)
    home.lock(current).close()


def test_a_home_that_never_was_is_not_running(tmp_path: Path) -> None:
    assert not home.is_running(tmp_path / "nowhere")


def test_a_new_demo_forgets_data_but_not_its_key(current: Plan) -> None:
    home.prepare(current)
    for name in ("advisor.sqlite3", "advisor.sqlite3-wal", "logs/web.log", "valkey/appendonly.aof", "keep"):
        (current.home / name).touch()
    home.forget_demo(current)
    assert sorted(path.name for path in current.home.iterdir()) == ["keep", "pids", "secret-key", "static"]


def test_the_socket_is_in_the_home_where_it_fits() -> None:
    current = plan.read({"ADVISOR_HOME": "/srv/advisor"}, is_demo=False)
    assert home.valkey_socket(current) == Path("/srv/advisor/valkey.sock")


@pytest.mark.parametrize("name", ["x" * 120, "my data", "50%", "a?b", "häuser"])
def test_elsewhere_the_socket_has_a_short_private_place(tmp_path: Path, name: str) -> None:
    current = plan.read({"ADVISOR_HOME": str(tmp_path / name)}, is_demo=False)
    socket = home.valkey_socket(current)
    assert len(str(socket)) <= home.SOCKET_PATH_LIMIT
    assert mode(socket.parent) == 0o700
    assert home.valkey_socket(current) == socket, "the next start finds the same place"
    socket.parent.rmdir()


def test_a_demo_is_asked_about_where_only_it_runs(tmp_path: Path) -> None:
    environment = {"ADVISOR_HOME": str(tmp_path)}
    demo, real = plan.read(environment, is_demo=True), plan.read(environment, is_demo=False)
    home.prepare(demo)
    assert home.of_lone_demo(environment) is None
    with home.lock(demo):
        assert home.of_lone_demo(environment) == demo.home
        assert home.of_lone_demo({**environment, "ADVISOR_DATABASE_URL": "postgres://db/advisor"}) is None
        home.prepare(real)
        with home.lock(real):
            assert home.of_lone_demo(environment) is None
