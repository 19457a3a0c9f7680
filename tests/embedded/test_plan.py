"""The plan is what the environment says, and a demo stays apart."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from advisor.embedded import plan
from advisor.embedded.refusal import CannotStartError


def test_defaults_are_those_of_make_run() -> None:
    current = plan.read({}, is_demo=False)
    assert current.home == plan.PROJECT / ".advisor"
    assert current.public_url == current.own_url == "http://127.0.0.1:8000"
    assert current.listen == "127.0.0.1:4318"


def test_a_demo_keeps_its_data_below_the_home() -> None:
    assert plan.read({"ADVISOR_HOME": "/srv/a"}, is_demo=True).home == Path("/srv/a/demo")


@pytest.mark.parametrize("port", ["", "0", "65536", "-1", "http", "8000 "])
def test_a_port_that_is_none_is_refused_in_one_sentence(port: str) -> None:
    with pytest.raises(CannotStartError, match=r"ADVISOR_PORT is .* give a number from 1 to 65535"):
        plan.read({"ADVISOR_PORT": port}, is_demo=False)


@pytest.mark.parametrize(
    ("bind", "url"),
    [("0.0.0.0", "http://127.0.0.1:8000"), ("::1", "http://[::1]:8000"), ("10.1.2.3", "http://10.1.2.3:8000")],
)
def test_own_url_can_be_reached_from_this_machine(bind: str, url: str) -> None:
    assert plan.read({"ADVISOR_BIND": bind}, is_demo=False).own_url == url


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever `export` changes is taken back."""
    for name in (*plan.DEMO_DEFAULTS, "ADVISOR_HOME", "ADVISOR_PUBLIC_URL", "ADVISOR_DATABASE_URL"):
        monkeypatch.setenv(name, "before")
    for name in ("ADVISOR_VALKEY_SOCKET", "ADVISOR_VALKEY_URL", "DJANGO_SETTINGS_MODULE", "PYTHONUNBUFFERED"):
        monkeypatch.setenv(name, "before")


@pytest.mark.usefixtures("environment")
def test_a_demo_never_touches_the_real_database() -> None:
    del os.environ["ADVISOR_TIME_SCALE"]
    plan.export(plan.read({"ADVISOR_HOME": "/srv/a"}, is_demo=True), Path("/s"))
    assert "ADVISOR_DATABASE_URL" not in os.environ
    assert os.environ["ADVISOR_HOME"] == "/srv/a/demo"
    assert os.environ["ADVISOR_TIME_SCALE"] == "5"
    assert os.environ["ADVISOR_INTERVAL"] == "before", "what is set from outside stays"


@pytest.mark.usefixtures("environment")
def test_a_run_keeps_the_database_that_is_set() -> None:
    plan.export(plan.read({}, is_demo=False), Path("/s"))
    assert os.environ["ADVISOR_DATABASE_URL"] == "before"
    assert os.environ["ADVISOR_VALKEY_SOCKET"] == "/s"
    assert "ADVISOR_VALKEY_URL" not in os.environ
