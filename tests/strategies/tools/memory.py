"""What the snippets of caches run with: their npm packages, and a real Memcached."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.strategies.tools.nginx import free_port
from tests.strategies.tools.node import PATIENCE, program, wanted
from tests.strategies.tools.npm import with_packages

PACKAGES = Path(__file__).with_name("caching") / "node_modules"


def put(folder: Path, **files: str) -> Path:
    """Write ES modules into a folder in which Node.js finds the clients of caches, and Express."""
    with_packages(folder, PACKAGES)
    for name, code in files.items():
        (folder / f"{name}.mjs").write_text(code)
    return folder


def said(folder: Path, script: str, **environ: str) -> str:
    """What this module of the folder prints, once it has ended."""
    done = subprocess.run([program(), script], cwd=folder, env={"PATH": "", **environ}, capture_output=True, text=True,
                          timeout=PATIENCE, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@contextmanager
def memcached(configuration: str) -> Iterator[int]:
    """The port of a Memcached that is started as Debian does: each line of its file is an option."""
    found = shutil.which("memcached", path="/usr/bin:/usr/local/bin:/opt/homebrew/bin")
    wanted(found is not None, "Memcached is missing (Debian: apt install memcached).")
    port = free_port()
    options = configuration.replace("-p 11211", f"-p {port}").split()
    with subprocess.Popen([str(found), *options, "-vv"], stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        assert any(b"server listening" in line for line in process.stderr), "Memcached did not start"
        try:
            yield port
        finally:
            process.terminate()
