"""How many descriptors this process may hold."""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib import import_module
from types import ModuleType

resource: ModuleType | None = import_module("resource") if os.name == "posix" else None

_SPARE = 64
"""For the server, the queue and what is read of /proc."""

_MOST_ON_WINDOWS = 512
"""What `select` takes at once there (FD_SETSIZE in Python's Modules/selectmodule.c)."""


def room_for(*wishes: int) -> list[int]:
    """How many each may hold of those it would like to, with the process's own limit raised as far as it may be.

    Where there is not room for all, each gets the same share of its wish.
    """
    if resource is None:
        return _shares(wishes, _MOST_ON_WINDOWS)
    wanted = sum(wishes) + _SPARE
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return list(wishes)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    except (OSError, ValueError):  # forbidden to us: live with what there is
        most = soft
    return _shares(wishes, most)


def _shares(wishes: Sequence[int], most: int) -> list[int]:
    room = most - _SPARE
    return [min(wish, max(wish * room // sum(wishes), 1)) for wish in wishes]
