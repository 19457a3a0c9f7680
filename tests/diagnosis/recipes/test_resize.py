"""resize: the shell reads every command, whatever the mount point is called."""

from __future__ import annotations

from advisor.diagnosis.recipes.resize import container, volume
from tests.strategies.tools import shell


def test_a_container_gets_whole_mebibytes() -> None:
    commands = shell.read(container(512 * 2**20 + 1))
    assert len(commands) == 3
    assert all("513" in command for command in commands)


def test_the_mount_point_is_quoted() -> None:
    [commands] = shell.read(volume("/srv/it's here"))
    assert commands.splitlines()[0].endswith("""FSTYPE '/srv/it'"'"'s here'""")
