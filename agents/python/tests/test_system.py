from __future__ import annotations

import os
import subprocess
import sys

import psutil
import pytest

from advisor_agent import collectors, install
from advisor_agent.config import Config
from advisor_agent.modules import found_modules
from advisor_agent.settings import ConfigError
from advisor_agent.system import linux, this_system
from fakes.agent import SOURCE


def test_linux_is_read_by_proc_and_psutil_is_not_even_imported():
    program = (
        "import sys; from advisor_agent.system import this_system; this_system().look(); print('psutil' in sys.modules)"
    )
    environ = {"PYTHONPATH": os.pathsep.join([str(SOURCE), *filter(None, sys.path)])}
    done = subprocess.run([sys.executable, "-c", program], env=environ, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


@pytest.mark.parametrize("name", ["darwin", "win32"])
def test_other_systems_are_seen_through_psutil(monkeypatch, name):
    assert psutil.LINUX, "it is imported as on this system, before another one is claimed"
    monkeypatch.setattr(sys, "platform", name)
    found = this_system()
    assert {module.__name__.rpartition(".")[2] for module in found.collectors} >= {"agent", "cpu", "process_ports"}
    assert found.look().process_count > 1


@pytest.mark.parametrize("name", ["darwin", "win32"])
def test_without_psutil_it_is_said_what_to_install(monkeypatch, name):
    monkeypatch.setattr(sys, "platform", name)
    monkeypatch.setitem(sys.modules, "psutil", None)
    with pytest.raises(ConfigError, match="pip install psutil"):
        this_system()


def test_a_system_that_nobody_has_tried_is_refused(monkeypatch):
    monkeypatch.setattr(sys, "platform", "sunos5")
    with pytest.raises(ConfigError, match="Linux, macOS and Windows"):
        this_system()


def test_install_is_for_systemd_alone(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(install.InstallError, match="launchd"):
        install.install(str(tmp_path / "agent.toml"), str(tmp_path / "token"), True, str(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_a_system_knows_its_host_and_what_to_do_about_permissions(machine):
    found = linux(machine.kernel)
    assert found.host.name == "shop-1"
    assert "CAP_SYS_PTRACE" in found.remedy
    assert found.collectors == found_modules(collectors)


def test_linux_looks_for_datastores_and_for_what_is_asked_for(machine):
    machine.program(700, "/usr/lib/postgresql/16/bin/postgres")
    machine.program(800, "/usr/sbin/nginx")
    assert linux(machine.kernel).look().named == {"postgres": [700]}
    assert linux(machine.kernel, frozenset({"nginx"})).look().named == {"postgres": [700], "nginx": [800]}


def test_errands_that_nobody_asked_for_are_not_loaded(machine):
    settings = {"ADVISOR_SERVER": "http://127.0.0.1:1", "ADVISOR_TOKEN": "sah_x"}
    for variables, names in (
        ({}, ["pm2"]),
        ({"ADVISOR_PM2": "off", "ADVISOR_REDIS": "redis://cache"}, ["redis"]),
        ({"ADVISOR_POSTGRESQL": "postgresql://a@db/shop"}, ["pm2", "postgresql"]),
    ):
        found = linux(machine.kernel, asks=Config({**settings, **variables}).asks).errands
        assert [module.__name__.rpartition(".")[2] for module in found] == names
