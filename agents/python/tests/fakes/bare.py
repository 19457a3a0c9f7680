"""The agent's own command line, in a Python that lacks all that Windows does not have.

Not Windows: the kernel below is Linux's, so that only what the agent itself asks of Python is tried. It is run as a
program.
"""

from __future__ import annotations

import os
import selectors
import shutil
import socket
import sys
import types
from importlib import import_module

import psutil

_MISSING = {
    os: ("O_CLOEXEC", "O_DIRECTORY", "statvfs", "sysconf", "geteuid", "getuid", "uname", "getloadavg", "openpty"),
    socket: ("SOCK_NONBLOCK", "SOCK_CLOEXEC", "AF_NETLINK", "AF_UNIX"),
}


def undress() -> None:
    """Take away what Windows lacks, and put there what it has instead."""
    room = types.SimpleNamespace(free=1 << 40)
    shutil.disk_usage = lambda path: room
    psutil.disk_partitions = lambda all: []  # the psutil of Linux would ask for `statvfs`
    for module, names in _MISSING.items():
        for name in names:
            delattr(module, name)
    for name in ("fcntl", "resource", "pwd", "grp"):
        sys.modules[name] = None
    sys.modules["msvcrt"] = types.SimpleNamespace(LK_NBLCK=2, locking=lambda *words: None)
    socket.socketpair = _pair
    selectors.DefaultSelector = selectors.SelectSelector
    os.name, sys.platform = "nt", "win32"


def _pair() -> tuple[socket.socket, socket.socket]:
    """By TCP, as Python does it there."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return socket.create_connection(listener.getsockname()), listener.accept()[0]


if __name__ == "__main__":
    undress()
    import_module("advisor_agent.__main__").main()
