"""docker-compose, as far as it works without Docker: it reads a file and says what it understood."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import yaml

from tests.strategies.tools.node import wanted


def understood(code: str, folder: Path) -> dict[str, Any]:
    """The file as docker-compose takes it."""
    program = shutil.which("docker-compose")
    wanted(program is not None, "docker-compose is missing.")
    (folder / "compose.yaml").write_text(code)
    done = subprocess.run([str(program), "-f", "compose.yaml", "config"], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = yaml.safe_load(done.stdout)
    return found
