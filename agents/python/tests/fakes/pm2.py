"""A real PM2, the one that the probe's tests run."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

PROGRAM = Path(__file__).parents[3] / "node/node_modules/.bin/pm2"
TIMEOUT = 120.0
APP = """
const server = require('http').createServer((request, response) => response.end('ok'))
server.listen(0, '127.0.0.1')
"""
CRASHES = "process.exit(3)"


class Pm2:
    """PM2 in a home of its own."""

    def __init__(self, home: Path, environ: Mapping[str, str]) -> None:
        self.home = home
        self._environ = {"PATH": os.environ["PATH"], "HOME": str(home), "PM2_HOME": str(home), **environ}

    def __call__(self, *words: str) -> str:
        """What the command says."""
        done = subprocess.run(
            [str(PROGRAM), *words], env=self._environ, cwd=self.home, capture_output=True, text=True, timeout=TIMEOUT
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    @property
    def daemon(self) -> int:
        """The daemon's pid."""
        return int((self.home / "pm2.pid").read_text())


@contextmanager
def pm2(home: Path, **environ: str) -> Iterator[Pm2]:
    """A PM2 without apps; its daemon, if one was started, and all it runs end with the block."""
    if not PROGRAM.exists() or shutil.which("node") is None:
        words = "PM2 is not installed: run `make node-packages`."
        pytest.fail(words) if os.environ.get("ADVISOR_REQUIRE_ALL") else pytest.skip(words)
    home.mkdir(parents=True)
    (home / "app.js").write_text(APP)
    (home / "crashes.js").write_text(CRASHES)
    running = Pm2(home, environ)
    try:
        yield running
    finally:
        running("kill")


@contextmanager
def lying(home: Path, answer: bytes, heard: list[bytes] | None = None) -> Iterator[str]:
    """Somebody who answers as the test says, on the socket that PM2 would have."""
    said: list[bytes] = [] if heard is None else heard
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(home / "rpc.sock"))
        listener.listen()

        def serve() -> None:
            with listener.accept()[0] as channel:
                said.append(channel.recv(4096))
                if said[-1]:
                    channel.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield json.dumps({"pid": os.getpid(), "home": str(home), "paged": []})
        thread.join()


def message(content: object, kind: bytes = b"j:") -> bytes:
    """An answer of a daemon: the content, as JSON unless it is bytes, and the id that was asked with."""
    body = kind + (content if isinstance(content, bytes) else json.dumps(content).encode())
    return bytes((0x12,)) + len(body).to_bytes(4, "big") + body + b"\0\0\0\4i:0\n"
