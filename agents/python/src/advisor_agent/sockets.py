"""The TCP sockets of a network namespace: netlink where it is ours, /proc/PID/net/tcp elsewhere."""

from __future__ import annotations

import socket
import struct

from advisor_agent.kernel import Kernel

ESTABLISHED, SYN_RECEIVED, CLOSE_WAIT, LISTEN = 1, 3, 8, 10
"""States of include/net/tcp_states.h."""

_STATES = (ESTABLISHED, SYN_RECEIVED, CLOSE_WAIT, LISTEN)
_WANTED = sum(1 << state for state in _STATES)
_TCPDIAG_GETSOCK = 18
"""The older request, kept for compatibility: unlike its successor it dumps IPv4 and IPv6 in one walk."""

_REQUEST_DUMP = 0x301  # NLM_F_REQUEST | NLM_F_ROOT | NLM_F_MATCH
_ERROR, _DONE = 2, 3
_HEADER = struct.Struct("=IHHII")
_LENGTH_AND_KIND = struct.Struct("=IH")
_SOCKET = struct.Struct("=xBxxBB50xII4xI")
"""struct inet_diag_msg: the state; the local port (network order); what waits to be read and what waits to be sent
(of a listening socket: its accept queue and the most it may hold); the user; and last the inode."""

_REQUEST = struct.Struct("=BBBB48xII")  # inet_diag_req, linux/inet_diag.h: family, ..., states, tables
_BUFFER_BYTES = 1 << 16


class Listener:
    """A listening TCP socket: its port, and the inode by which its owner is found.

    `waiting` are the connections that nobody has accepted yet, and `backlog` the most that may wait, 0 where it is
    not told.
    """

    __slots__ = ("backlog", "inode", "port", "waiting")

    def __init__(self, port: int, inode: int, waiting: int, backlog: int) -> None:
        self.port = port
        self.inode = inode
        self.waiting = waiting
        self.backlog = backlog


class Sockets:
    """The TCP sockets of a network: those that listen, the inodes of the open ones by port, and how many by state.

    Of the open ones only those on a port that listens are kept: there may be tens of thousands of others.
    """

    __slots__ = ("established", "listening", "states")

    def __init__(self) -> None:
        self.listening: list[Listener] = []
        self.established: dict[int, list[int]] = {}
        self.states: dict[int, int] = {}

    def add(self, state: int, port: int, inode: int, waiting: int, backlog: int) -> None:
        """One more. The kernel tells those that listen first, be it by netlink or in each text file."""
        self.states[state] = self.states.get(state, 0) + 1
        if state == ESTABLISHED:
            inodes = self.established.get(port)
            if inodes is not None:
                inodes.append(inode)
        elif state == LISTEN:
            self.listening.append(Listener(port, inode, waiting, backlog))
            self.established.setdefault(port, [])


def sockets(kernel: Kernel, pid: int | None = None) -> Sockets:
    """Those of our own namespace, or of that of a process, that listen, are open, or wait to be closed.

    Netlink costs about 1 microsecond a socket; the text file lists TIME_WAIT too and costs 4.
    """
    if pid is None and kernel.is_live:
        try:
            return _by_netlink()
        except OSError:
            pass  # no inet_diag module, or a seccomp filter: the text file says the same
    return _by_text(kernel, "self" if pid is None else str(pid))


def _by_netlink() -> Sockets:
    found = Sockets()
    kind = socket.SOCK_RAW | socket.SOCK_CLOEXEC
    with socket.socket(socket.AF_NETLINK, kind, 4) as channel:  # 4 = NETLINK_SOCK_DIAG
        channel.settimeout(2.0)
        body = _REQUEST.pack(socket.AF_INET, 0, 0, 0, _WANTED, 0)
        channel.send(_HEADER.pack(_HEADER.size + len(body), _TCPDIAG_GETSOCK, _REQUEST_DUMP, 1, 0) + body)
        while _take(channel.recv(_BUFFER_BYTES), found):
            pass
    return found


def _take(data: bytes, found: Sockets) -> bool:
    """Add the sockets of one datagram; False after the last one. OSError if the kernel refuses."""
    position, end = 0, len(data)
    while position < end:
        length, kind = _LENGTH_AND_KIND.unpack_from(data, position)
        if kind == _DONE:
            return False
        if kind == _ERROR:
            number = struct.unpack_from("=i", data, position + _HEADER.size)[0]
            raise OSError(-number, "sock_diag")
        state, high, low, waiting, backlog, inode = _SOCKET.unpack_from(data, position + _HEADER.size)
        found.add(state, high << 8 | low, inode, waiting, backlog)
        position += (length + 3) & ~3
    return True


def _by_text(kernel: Kernel, owner: str) -> Sockets:
    found = Sockets()
    for table in ("tcp", "tcp6"):
        try:
            text = kernel.read("proc", owner, "net", table)
        except FileNotFoundError:
            continue  # IPv6 is switched off
        for line in text.splitlines()[1:]:
            _parse(line.split(), found)
    return found


def _parse(fields: list[str], found: Sockets) -> None:
    state = int(fields[3], 16)
    if state in _STATES:
        port, waiting = (int(fields[place].rpartition(":")[2], 16) for place in (1, 4))
        found.add(state, port, int(fields[9]), waiting, 0)
