"""One TCP socket, looked up by its two ends: netlink answers that without listing any other."""

from __future__ import annotations

import socket
import struct

_SOCK_DIAG = 4  # NETLINK_SOCK_DIAG
_BY_FAMILY = 20  # SOCK_DIAG_BY_FAMILY
_REQUEST = 0x1  # NLM_F_REQUEST
_ERROR = 2
_PATIENCE_SECONDS = 2.0
_HEADER = struct.Struct("=IHHII")
_ENDS = struct.Struct("!BBBB4sHH16s16sI8s")  # inet_diag_req_v2: family, protocol, ..., states, ports, addresses
_ANY_STATE = b"\xff" * 4
_NO_COOKIE = b"\xff" * 8
_NUMBER = struct.Struct("=i")
_INODE = struct.Struct("=68xI")
"""The last field of struct inet_diag_msg."""


def inode_between(near: tuple[str, int], far: tuple[str, int]) -> int:
    """The inode of the socket in our namespace that has this address and port, and those at its other end.

    0 where no process holds it (any more), OSError where there is none, or the kernel does not tell.
    """
    family = socket.AF_INET6 if ":" in near[0] else socket.AF_INET
    hosts = [socket.inet_pton(family, host).ljust(16, b"\0") for host, _ in (near, far)]
    body = _ENDS.pack(family, socket.IPPROTO_TCP, 0, 0, _ANY_STATE, near[1], far[1], *hosts, 0, _NO_COOKIE)
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, _SOCK_DIAG) as channel:
        channel.settimeout(_PATIENCE_SECONDS)
        channel.send(_HEADER.pack(_HEADER.size + len(body), _BY_FAMILY, _REQUEST, 1, 0) + body)
        answer = channel.recv(4096)
    if _HEADER.unpack_from(answer)[1] == _ERROR:
        raise OSError(-_NUMBER.unpack_from(answer, _HEADER.size)[0], "sock_diag")
    return int(_INODE.unpack_from(answer, _HEADER.size)[0])
