"""A running ingest process, and patience."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

PATIENCE = 120.0

Until = Callable[[Callable[[], Any], Callable[[], None]], Any]


@pytest.fixture
def door(database_url: str, valkey: Path) -> Iterator[str]:
    """The address of a running ingest process."""
    listening = socket.create_server(("127.0.0.1", 0))
    command = [sys.executable, "-m", "uvicorn", "advisor.ingest.app:application", "--no-access-log"]
    command += ["--fd", str(listening.fileno())]
    environment = {**os.environ, "ADVISOR_DATABASE_URL": database_url}
    with subprocess.Popen(command, env=environment, pass_fds=[listening.fileno()]) as process:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        process.terminate()
    listening.close()


@pytest.fixture
def until() -> Until:
    """Wait for what `look` finds, once it finds something; `meanwhile` is done between two looks."""

    def _until(look: Callable[[], Any], meanwhile: Callable[[], None]) -> Any:
        deadline = time.monotonic() + PATIENCE
        while not (found := look()):
            assert time.monotonic() < deadline, "the figures did not arrive"
            meanwhile()
        return found

    return _until
