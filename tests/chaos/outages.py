"""The ways to take the product's stores away for a while; each gives them back at its end."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Final

from tests.chaos.topology import Product, kill

Outage = Callable[[Product], AbstractContextManager[None]]

_HOLD: Final = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], timeout=30, isolation_level=None)
held.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""
"""A process with a transaction that writes, until its input ends."""


@contextmanager
def postgresql_hangs(product: Product) -> Iterator[None]:
    """Its processes are there, and do nothing."""
    held = product.database_processes()
    for pid in held:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in held:
            os.kill(pid, signal.SIGCONT)


@contextmanager
def postgresql_is_cut(product: Product) -> Iterator[None]:
    """As by a power cut."""
    product.cut_database()
    yield
    product.start_database()


@contextmanager
def postgresql_is_shut_down(product: Product) -> Iterator[None]:
    """By its owner, who does not wait for clients."""
    product.shut_database_down()
    yield
    product.start_database()


@contextmanager
def postgresql_is_locked(product: Product) -> Iterator[None]:
    """Somebody works on the samples and lets nobody else at them."""
    with product.connect() as other:
        other.execute("BEGIN")
        other.execute("LOCK TABLE store_processsample")
        yield


@contextmanager
def sqlite_is_locked(product: Product) -> Iterator[None]:
    """Another process is in the middle of a long transaction."""
    command = [sys.executable, "-c", _HOLD, str(product.home / "advisor.sqlite3")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdin is not None
        assert other.stdout.readline()
        yield
        other.stdin.close()
        other.wait()


@contextmanager
def valkey_is_gone(product: Product) -> Iterator[None]:
    """And comes back empty."""
    assert product.valkey is not None
    kill(product.valkey)
    yield
    product.start_valkey()


@contextmanager
def valkey_hangs(product: Product) -> Iterator[None]:
    """It takes connections, and does nothing."""
    assert product.valkey is not None
    product.valkey.send_signal(signal.SIGSTOP)
    yield
    product.valkey.send_signal(signal.SIGCONT)


@contextmanager
def files_cannot_grow(pid: int) -> Iterator[None]:
    """What a disk that fails is to a process: no write of it succeeds. Nobody need mount anything for it."""
    usual = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (1, usual[1]))
    yield
    resource.prlimit(pid, resource.RLIMIT_FSIZE, usual)


@contextmanager
def disk_is_full(folder: Path) -> Iterator[None]:
    """Nothing is left of a small disk."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (1 << 20, 4096):
            _fill(file.fileno(), size)
        yield
    filler.unlink()


def _fill(file: int, size: int) -> None:
    try:
        while os.write(file, bytes(size)) == size:
            pass
    except OSError:
        return


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[bool]:
    """A disk of this size at the folder; False where this user may mount none."""
    mounted = subprocess.run(("mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(folder)), check=False)
    yield mounted.returncode == 0
    if mounted.returncode == 0:
        subprocess.run(("umount", "--lazy", str(folder)), check=True)


AWAY: Final[dict[str, list[tuple[Outage, str]]]] = {
    "postgresql": [
        (postgresql_hangs, "does not answer"),
        (postgresql_is_cut, "The database is away."),
        (postgresql_is_shut_down, "The database is away."),
        (postgresql_is_locked, "held up by other work"),
    ],
    "sqlite": [(sqlite_is_locked, "held up by other work")],
}
"""Database -> how it goes away, and what senders are told of it."""
