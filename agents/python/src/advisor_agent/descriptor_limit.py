"""How many descriptors this process may hold."""

from __future__ import annotations

import resource

_SPARE = 64
"""For the server, the queue and what is read of /proc."""


def room_for(connections: int) -> int:
    """How many of so many connections can be open at once, with the process's own limit raised as far as it may be."""
    wanted = connections + _SPARE
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return connections
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    except (OSError, ValueError):  # forbidden to us: live with what there is
        most = soft
    return max(most - _SPARE, 1)
