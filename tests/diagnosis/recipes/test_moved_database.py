"""A database that moves: a real PostgreSQL is copied by the commands that are shown."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from advisor.diagnosis.recipes.moved_database import moved
from tests.strategies.tools import shell
from tests.strategies.tools.postgresql import serving


def test_it_is_copied_whole(tmp_path: Path) -> None:
    """To the other of two servers, whose address is the only thing that the test sets."""
    (tmp_path / "old").mkdir()
    (tmp_path / "new").mkdir()
    with serving(tmp_path / "old") as old, serving(tmp_path / "new") as new:
        old.psql('CREATE DATABASE "Audit log";\n\\c "Audit log"\nCREATE TABLE seen AS SELECT generate_series(1, 7) n;')
        code = moved(f"{old.folder} 5432", "Audit log")[0].code.replace("put-its-address-here", new.folder)
        environ = {"PATH": f"{old.programs}:{os.environ['PATH']}", "PGUSER": "postgres"}
        subprocess.run(["sh", "-c", code], cwd=tmp_path, env=environ, capture_output=True, check=True)
        assert "7" in new.psql('\\c "Audit log"\nSELECT count(*) FROM seen;')


@pytest.mark.parametrize("name", ["shop", "it's", "$(reboot)"])
def test_any_name_is_read_as_one_word(name: str) -> None:
    [command] = shell.read(moved("10.0.0.5 5433", name))
    assert "-h 10.0.0.5 -p 5433" in command
