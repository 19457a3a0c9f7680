"""How many descriptors this process may hold."""

from __future__ import annotations

import os
from importlib import import_module
from types import ModuleType

resource: ModuleType | None = import_module("resource") if os.name == "posix" else None

_SPARE = 64
"""For the server, the queue and what is read of /proc."""

_MOST_ON_WINDOWS = 512
"""What `select` takes at once there (FD_SETSIZE in Python's Modules/selectmodule.c)."""


def room_for(connections: int) -> int:
    """How many of so many connections can be open at once, with the process's own limit raised as far as it may be."""
    if resource is None:
        return min(connections, _MOST_ON_WINDOWS - _SPARE)
    wanted = connections + _SPARE
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return connections
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    except (OSError, ValueError):  # forbidden to us: live with what there is
        most = soft
    return int(max(most - _SPARE, 1))
