"""The lock of the state directory: one agent at a time, whose process id others can read."""

from __future__ import annotations

import os
from importlib import import_module
from types import ModuleType

_fcntl: ModuleType | None = import_module("fcntl") if os.name == "posix" else None
_msvcrt: ModuleType | None = import_module("msvcrt") if os.name == "nt" else None

_AT = 1 << 20
"""Windows lets nobody read a byte that is locked, so one far behind the process id is."""

_FLAGS = getattr(os, "O_CLOEXEC", 0)


class Held(Exception):
    """Another process has the lock."""


def take(path: str) -> int:
    """Hold the lock as long as this process lives; its descriptor. Held if another process has it."""
    lock = os.open(path, os.O_RDWR | os.O_CREAT | _FLAGS, 0o600)
    try:
        _grab(lock)
    except BaseException:
        os.close(lock)
        raise
    os.ftruncate(lock, 0)
    os.write(lock, str(os.getpid()).encode())  # for `advisor-agent status`
    return lock


def holder(path: str) -> str:
    """The process that holds the lock, or nothing. OSError where there is no such file."""
    lock = os.open(path, os.O_RDWR | _FLAGS if _msvcrt else os.O_RDONLY | _FLAGS)
    try:
        _grab(lock, is_shared=True)
    except Held:
        return os.read(lock, 32).decode("ascii", "replace") or "not known"
    finally:
        os.close(lock)
    return ""


def _grab(lock: int, is_shared: bool = False) -> None:
    try:
        if _fcntl:
            _fcntl.flock(lock, (_fcntl.LOCK_SH if is_shared else _fcntl.LOCK_EX) | _fcntl.LOCK_NB)
        elif _msvcrt:
            os.lseek(lock, _AT, os.SEEK_SET)
            _msvcrt.locking(lock, _msvcrt.LK_NBLCK, 1)
            os.lseek(lock, 0, os.SEEK_SET)
    except (BlockingIOError, PermissionError) as error:
        os.lseek(lock, 0, os.SEEK_SET)
        raise Held from error
