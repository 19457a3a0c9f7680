"""Linux: systemd and logrotate read what is printed, and would tell a mistake."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from advisor.diagnosis.recipes.linux import (
    DOCKER_LOGS,
    HOURLY,
    bounds,
    drop_in,
    held,
    largest,
    logrotate,
    rotated,
    unbound,
    unit_of,
)
from tests.strategies.tools import shell
from tests.strategies.tools.logrotate import debugged
from tests.strategies.tools.node import wanted
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
    told = (*held("post gres", unit_of("post gres"), 0.5), *unbound(1.0, 2), *rotated("Shop / a"))
    assert len(shell.read(told)) == 11


def test_a_limit_that_stays_bounds_the_workers() -> None:
    assert "(2)" in unbound(2.5, 4)[-1].text
    assert "(1)" in unbound(0.5, 2)[-1].text


def test_the_settings_of_docker_are_json_and_are_loaded_without_losing_others() -> None:
    assert json.loads(DOCKER_LOGS)["log-opts"]["max-file"] == "5"
    settings, load = (step for step in rotated("shop") if step.platform == "Docker")
    assert "add these two keys" in settings.text
    assert load.code.splitlines()[0] == "systemctl restart docker"
    assert "for containers made from then on" in load.text


def test_the_bound_of_the_journal_is_loaded() -> None:
    bound, load = (step for step in rotated("shop") if step.platform == "systemd")
    assert "SystemMaxUse=1G" in bound.code
    assert load.code == "systemctl restart systemd-journald\njournalctl --vacuum-size=1G"


def test_systemd_lets_logrotate_run_each_hour(tmp_path: Path) -> None:
    """Beside what Debian's timer says: once a day, up to an hour late."""
    (tmp_path / "logrotate.service").write_text("[Service]\nExecStart=/bin/true\n")
    timer = "[Timer]\nOnCalendar=daily\nAccuracySec=1h\nPersistent=true\n"
    assert complaints(HOURLY, tmp_path, "logrotate.timer", timer) == ""
    assert "OnCalender" in complaints(HOURLY.replace("Calendar", "Calender"), tmp_path, "logrotate.timer", timer)


def test_a_drop_in_is_named_in_full_and_loaded() -> None:
    setting, load = drop_in("Raise it.", "my shop", "limits", "[Service]\n")
    assert setting.file == "/etc/systemd/system/my-shop.service.d/limits.conf"
    assert load.code == "systemctl daemon-reload\nsystemctl restart my-shop.service"


def test_of_open_files_only_those_that_are_deleted_are_listed(tmp_path: Path) -> None:
    wanted(shutil.which("lsof") is not None, "lsof is missing (Debian: apt install lsof).")
    mount = next(str(folder) for folder in (tmp_path, *tmp_path.parents) if folder.is_mount())
    with (tmp_path / "deleted.log").open("w") as deleted, (tmp_path / "kept.log").open("w"):
        Path(deleted.name).unlink()
        command = largest(mount).splitlines()[-1]
        told = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False).stdout
    assert f"{tmp_path}/deleted.log" in told
    assert "kept.log" not in told
