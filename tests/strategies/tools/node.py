"""A real Node.js that runs a snippet."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PATIENCE = 60.0

WATCHES = """import { watch } from "node:fs";
watch(".", (event, name) => console.log(name));
console.log("ready");
"""
"""Says which files appear beside it, once it is ready."""


def wanted(found: bool, words: str) -> None:
    """Skip the test where a tool is not at hand, or fail where nothing may be skipped."""
    if not found:
        pytest.fail(words) if os.environ.get("ADVISOR_REQUIRE_ALL") else pytest.skip(words)


def program() -> str:
    """The path of Node.js."""
    found = shutil.which("node")
    wanted(found is not None, "Node.js 20 or later is missing.")
    return str(found)


@contextmanager
def running(script: Path, *options: str, **environ: str) -> Iterator[subprocess.Popen[str]]:
    """The script under Node.js with these options, in its folder and with pipes, while the block runs."""
    process = subprocess.Popen(
        [program(), *options, script.name],
        cwd=script.parent,
        env={"PATH": os.environ["PATH"], **environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()
