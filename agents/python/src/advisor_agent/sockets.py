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
_QUEUES = struct.Struct("=II4xI")
_REQUEST = struct.Struct("=BBBB48xII")  # inet_diag_req, linux/inet_diag.h: family, ..., states, tables
_BUFFER_BYTES = 1 << 16


class Socket:
    """One TCP socket: its state, local port, and the inode by which its owner is found.

    Of a listening one `waiting` are the connections that nobody has accepted yet, and `backlog` the most that may
    wait, 0 where it is not told.
    """

    __slots__ = ("backlog", "inode", "port", "state", "waiting")

    def __init__(self, state: int, port: int, inode: int, waiting: int = 0, backlog: int = 0) -> None:
        self.state = state
        self.port = port
        self.inode = inode
        self.waiting = waiting
        self.backlog = backlog


def sockets(kernel: Kernel, pid: int | None = None) -> list[Socket]:
    """Sockets of our own namespace, or of that of a process: those that listen, are open, or wait to be closed.

    Netlink costs about 1 microsecond a socket; the text file lists TIME_WAIT too and costs 4.
    """
    if pid is None and kernel.is_live:
        try:
            return _by_netlink()
        except OSError:
            pass  # no inet_diag module, or a seccomp filter: the text file says the same
    return _by_text(kernel, "self" if pid is None else str(pid))


def _by_netlink() -> list[Socket]:
    found: list[Socket] = []
    kind = socket.SOCK_RAW | socket.SOCK_CLOEXEC
    with socket.socket(socket.AF_NETLINK, kind, 4) as channel:  # 4 = NETLINK_SOCK_DIAG
        channel.settimeout(2.0)
        body = _REQUEST.pack(socket.AF_INET, 0, 0, 0, _WANTED, 0)
        channel.send(_HEADER.pack(_HEADER.size + len(body), _TCPDIAG_GETSOCK, _REQUEST_DUMP, 1, 0) + body)
        while _take(channel.recv(_BUFFER_BYTES), found):
            pass
    return found


def _take(data: bytes, found: list[Socket]) -> bool:
    """Add the sockets of one datagram; False after the last one. OSError if the kernel refuses."""
    position = 0
    while position < len(data):
        length, kind, _, _, _ = _HEADER.unpack_from(data, position)
        if kind == _DONE:
            return False
        if kind == _ERROR:
            number = struct.unpack_from("=i", data, position + _HEADER.size)[0]
            raise OSError(-number, "sock_diag")
        found.append(_socket_of(data, position + _HEADER.size))
        position += (length + 3) & ~3
    return True


def _socket_of(data: bytes, position: int) -> Socket:
    # struct inet_diag_msg: state at 1, local port (network order) at 4; at 56 what waits to be read, what waits to be
    # sent (of a listening socket: its accept queue and the most it may hold), the user, and last the inode.
    state = data[position + 1]
    port = int.from_bytes(data[position + 4 : position + 6], "big")
    waiting, backlog, inode = _QUEUES.unpack_from(data, position + 56)
    return Socket(state, port, inode, waiting, backlog) if state == LISTEN else Socket(state, port, inode)


def _by_text(kernel: Kernel, owner: str) -> list[Socket]:
    found = []
    for table in ("tcp", "tcp6"):
        try:
            text = kernel.read("proc", owner, "net", table)
        except FileNotFoundError:
            continue  # IPv6 is switched off
        found += [_parsed(line.split()) for line in text.splitlines()[1:]]
    return [item for item in found if item.state in _STATES]


def _parsed(fields: list[str]) -> Socket:
    state, port, inode = int(fields[3], 16), int(fields[1].rpartition(":")[2], 16), int(fields[9])
    return Socket(state, port, inode, int(fields[4].rpartition(":")[2], 16) if state == LISTEN else 0)
