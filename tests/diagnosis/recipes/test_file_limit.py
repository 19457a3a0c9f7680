"""A higher limit of open files: systemd and docker-compose read what is printed, and would tell a mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from advisor.diagnosis.recipes.file_limit import steps
from tests.strategies.tools import shell
from tests.strategies.tools.compose import understood
from tests.strategies.tools.systemd import complaints


def code(platform: str, file: str, name: str = "shop") -> str:
    return next(step.code for step in steps(name, 12, 2048) if step.platform == platform and file in step.file)


@pytest.mark.parametrize("platform", ["systemd", "PM2", "Kubernetes"])
def test_systemd_understands_each_drop_in(platform: str, tmp_path: Path) -> None:
    drop_in = code(platform, "descriptors.conf")
    assert "LimitNOFILE=2048" in drop_in
    assert complaints(drop_in, tmp_path) == ""


def test_a_wrong_drop_in_would_be_seen(tmp_path: Path) -> None:
    assert "LimitNOFILES" in complaints("[Service]\nLimitNOFILES=2048\n", tmp_path)


@pytest.mark.parametrize("name", ["shop", "Shop Front 2", "über/laden"])
def test_docker_compose_understands_its_file(name: str, tmp_path: Path) -> None:
    found = understood(code("Docker", "compose.yaml", name), tmp_path)
    (described,) = found["services"].values()
    assert described["ulimits"]["nofile"] == {"soft": 2048, "hard": 2048}


def test_a_shell_can_read_its_commands() -> None:
    assert len(shell.read(steps("it's mine", 12, 2048))) == 4
