"""Linux: systemd and logrotate read what is printed, and would tell a mistake."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from advisor.diagnosis.recipes.linux import DOCKER_LOGS, bounds, held, logrotate, rotated, unbound, unit_of
from tests.strategies.tools import shell
from tests.strategies.tools.logrotate import debugged
from tests.strategies.tools.systemd import complaints


@pytest.mark.parametrize(("cores", "quota"), [(0.5, "CPUQuota=50%"), (2.25, "CPUQuota=225%"), (0.0, "CPUQuota=5%")])
def test_systemd_accepts_the_bounds(tmp_path: Path, cores: float, quota: str) -> None:
    assert quota in bounds(cores).splitlines()
    assert complaints(bounds(cores), tmp_path) == ""


def test_systemd_would_tell_a_mistake(tmp_path: Path) -> None:
    assert "CPUQuotient" in complaints(bounds(1).replace("CPUQuota", "CPUQuotient"), tmp_path)


def test_logrotate_understands_the_rules(tmp_path: Path) -> None:
    said = debugged(logrotate("shop"), tmp_path)
    assert "/var/log/shop/*.log" in said
    assert "(7 rotations)" in said


def test_logrotate_would_tell_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="error"):
        debugged(logrotate("shop").replace("rotate 7", "rotate seven"), tmp_path)


@pytest.mark.parametrize(
    ("program", "unit"),
    [("postgres", "postgres.service"), ("my backup; rm", "my-backup-rm.service"), ("/", "program.service")],
)
def test_programs_become_units(program: str, unit: str) -> None:
    assert unit_of(program) == unit


def test_the_shell_reads_every_command() -> None:
    assert len(shell.read((*held("post gres", unit_of("post gres"), 0.5), *unbound(1.0, 2), *rotated("Shop / a")))) == 8


def test_a_limit_that_stays_bounds_the_workers() -> None:
    assert "(2)" in unbound(2.5, 4)[-1].text
    assert "(1)" in unbound(0.5, 2)[-1].text


def test_the_settings_of_docker_are_json() -> None:
    assert json.loads(DOCKER_LOGS)["log-opts"]["max-file"] == "5"
