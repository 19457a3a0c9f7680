"""The directory that holds everything: made private, locked by who runs, with a secret key."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import secrets
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TextIO

from advisor.embedded.plan import DEMO_DIRECTORY, Plan, base_home
from advisor.embedded.refusal import CannotStartError

SOCKET_PATH_LIMIT = 103
"""Bytes of a Unix socket's path: `sockaddr_un` of macOS less the closing zero (Linux has 107)."""

_PLAIN_PATH = re.compile(r"[A-Za-z0-9/._-]+")
_DEMO_DATABASE = "advisor.sqlite3"
_FOLDERS = ("logs", "pids", "valkey", "static", "agent")
_DEMO_FOLDERS = ("logs", "valkey", "agent", "mail", "webhooks")


def prepare(plan: Plan) -> None:
    """Make the directories (0700) and the secret key (0600). Raises `CannotStartError` where that cannot be."""
    os.umask(0o077)
    try:
        for directory in (plan.home, *(plan.home / name for name in _FOLDERS)):
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        plan.home.chmod(0o700)
        _write_once(plan.home / "secret-key", secrets.token_urlsafe(48))
    except OSError as error:
        raise CannotStartError(
            f"Cannot write to {plan.home} ({error.strerror}): set ADVISOR_HOME to a directory that you own."
        ) from error


def lock(plan: Plan) -> TextIO:
    """Take the home for as long as the answer stays open. Raises `CannotStartError` if it is taken."""
    file = (plan.home / "lock").open("a")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise CannotStartError(
            f"Already running with the data in {plan.home}: `make link` prints a new sign-in link."
        ) from None
    return file


def of_lone_demo(environment: Mapping[str, str]) -> Path | None:
    """The home of a demo that runs where nothing else does and no database is named; else None."""
    base = base_home(environment)
    demo = base / DEMO_DIRECTORY
    return demo if "ADVISOR_DATABASE_URL" not in environment and running(base) == demo else None


def running(base: Path) -> Path | None:
    """The home that runs at or below `base`: the real one before the demo's; None if neither does."""
    return next((path for path in (base, base / DEMO_DIRECTORY) if is_running(path)), None)


def is_running(home: Path) -> bool:
    """Whether somebody holds the lock of this home."""
    try:
        with (home / "lock").open("r") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def forget_demo(plan: Plan) -> None:
    """Remove what the last demo left, so that advice is seen forming again. The secret key stays."""
    for name in _DEMO_FOLDERS:
        shutil.rmtree(plan.home / name, ignore_errors=True)
    for file in plan.home.glob(f"{_DEMO_DATABASE}*"):  # and its -wal and -shm
        file.unlink()


def valkey_socket(plan: Plan) -> Path:
    """The Unix socket of Valkey: below the home, or in a private directory with a short name where the path is too
    long for a socket or has characters that a URL would change.
    """
    socket = plan.home / "valkey.sock"
    if len(os.fsencode(socket)) <= SOCKET_PATH_LIMIT and _PLAIN_PATH.fullmatch(str(socket)):
        return socket
    digest = hashlib.sha256(os.fsencode(plan.home)).hexdigest()[:12]
    directory = Path(tempfile.gettempdir()) / f"advisor-{os.getuid()}-{digest}"
    directory.mkdir(mode=0o700, exist_ok=True)
    if directory.is_symlink() or directory.stat().st_uid != os.getuid():
        raise CannotStartError(f"{directory} belongs to somebody else: set ADVISOR_HOME to a shorter path.")
    return directory / "valkey.sock"


def _write_once(path: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all, unless it stands already."""
    if path.is_file() and path.read_text().strip():
        return
    draft = path.with_suffix(".new")
    draft.write_text(text)
    draft.chmod(0o600)
    draft.replace(path)
