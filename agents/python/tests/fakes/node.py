"""Real processes of Node.js and other runtimes."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

TIMEOUT = 60.0

SERVER = """
const server = require('http').createServer((request, response) => response.end('ok'))
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
"""
CLUSTER = """
const cluster = require('cluster')
if (cluster.isPrimary) {
  let ready = 0
  cluster.on('listening', (worker, address) => { if (++ready === 2) console.log(address.port) })
  cluster.fork(); cluster.fork()
} else require('http').createServer((request, response) => response.end('ok')).listen(0, '127.0.0.1')
"""
IDLE = "setInterval(() => {}, 1000); console.log('ready')"


class Started:
    """A process that has said its first line: a port, or that it is ready."""

    def __init__(self, process: subprocess.Popen[str], line: str) -> None:
        self.pid = process.pid
        self.process = process
        self.line = line

    @property
    def port(self) -> int:
        return int(self.line)


def wanted(found: bool, words: str) -> None:
    """Skip the test where something is not at hand, or fail where nothing may be skipped."""
    if not found:
        pytest.fail(words) if os.environ.get("ADVISOR_REQUIRE_ALL") else pytest.skip(words)


@contextmanager
def node(
    script: Path,
    code: str,
    environ: Mapping[str, str] | None = None,
    *before: str,
    inside: Sequence[str] = (),
    stdin: bool = False,
) -> Iterator[Started]:
    """Run the code as a script, while the block runs.

    `before` are words in front of `node`'s script, `inside` those in front of `node` itself. With `stdin` the script
    can be written to; else it has this process's own.
    """
    program = shutil.which("node")
    wanted(program is not None, "Node.js is not installed: install it to test against real processes.")
    with run([*inside, str(program), *before], script, code, environ, stdin=stdin) as started:
        yield started


@contextmanager
def run(
    words: Sequence[str],
    script: Path,
    code: str,
    environ: Mapping[str, str] | None = None,
    folder: Path | None = None,
    *,
    stdin: bool = False,
) -> Iterator[Started]:
    """Run the code as a script in its folder by these words, while the block runs; with what that starts in turn.

    With a `folder` the script is the name of something that is there already.
    """
    if folder is None:
        script.parent.mkdir(parents=True, exist_ok=True)
        script.write_text(code)
    process = subprocess.Popen(
        [*words, str(script), "--password=s3cret"],
        cwd=folder or script.parent,
        env={"PATH": os.environ["PATH"], "SECRET": "s3cret", **(environ or {})},
        stdin=subprocess.PIPE if stdin else None,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stdout
        yield Started(process, process.stdout.readline().strip())
    finally:
        with suppress(ProcessLookupError):  # it may have ended, and all that it started
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(TIMEOUT)
        for pipe in (process.stdin, process.stdout):
            if pipe:
                pipe.close()
