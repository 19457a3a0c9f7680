"""The npm packages that snippets import, and a Node.js that runs a snippet among them."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from tests.strategies.tools.node import PATIENCE, program, wanted

_PACKAGES = Path(__file__).parent.parent / "node_modules"
PG = Path(__file__).parents[2] / "lab" / "node_modules"
"""Where the client of PostgreSQL is, and others that the lab's programs use."""


def with_packages(folder: Path, packages: Path) -> Path:
    """The folder, in which Node.js finds these packages."""
    wanted(packages.is_dir(), f"npm packages are missing ({packages}): make node-packages")
    if not (folder / "node_modules").exists():
        (folder / "node_modules").symlink_to(packages)
    return folder


def put(folder: Path, **files: str) -> Path:
    """Write snippets into a folder that sees the packages; a name's last underscore is its dot."""
    with_packages(folder, _PACKAGES)
    for name, code in files.items():
        (folder / ".".join(name.rsplit("_", 1))).write_text(code)
    return folder


def run(folder: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """What Node.js says when it is started so, once it has ended."""
    return subprocess.run(
        [program(), *arguments],
        cwd=folder,
        env={"PATH": os.environ["PATH"], **environ},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
