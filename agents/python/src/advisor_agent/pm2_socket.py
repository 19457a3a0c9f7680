"""PM2's daemon, asked over its own socket as the `pm2` command does (axon's requests, in messages of AMP)."""

from __future__ import annotations

import json
import socket
import struct

from advisor_agent.errand import ErrandError

_PATIENCE_SECONDS = 10.0
_MOST_BYTES = 64 << 20
_MOST_PATH_BYTES = 107
_VERSION_AND_PARTS = 0x12
_CREDENTIALS = struct.Struct("3i")
_LENGTH = struct.Struct(">I")


def apps_of(daemon: int, home: str) -> list[dict[str, object]]:
    """All that PM2's daemon, the process with this pid, knows of its apps, each with its whole environment.

    ErrandError where it does not answer, or another process does in its stead.
    """
    path = f"{home}/rpc.sock"
    if len(path.encode()) > _MOST_PATH_BYTES:
        raise ErrandError(f"PM2 in {home} cannot be asked: that path is too long for a socket.")
    try:
        with socket.socket(socket.AF_UNIX) as channel:
            channel.settimeout(_PATIENCE_SECONDS)
            channel.connect(path)
            listener = _CREDENTIALS.unpack(channel.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size))
            if listener[0] != daemon:  # a title can be set by anybody, and lead anywhere
                raise ErrandError(f"PM2 in {home} is not asked: its socket is held by process {listener[0]}.")
            channel.sendall(_packed({"type": "call", "method": "getMonitorData", "args": [{}]}))
            answer = json.loads(_first_part(channel).partition(b":")[2])
        return [app for app in answer["args"][0] if isinstance(app, dict)]
    except OSError as error:
        raise ErrandError(f"PM2 in {home} does not answer: {error.strerror or error}.") from error
    except (ValueError, LookupError, TypeError) as error:
        raise ErrandError(f"PM2 in {home} answers what is not understood; please report this line.") from error


def _packed(call: dict[str, object]) -> bytes:
    """A message of AMP, as axon sends it: the call, and an id to answer to."""
    parts = (b"j:" + json.dumps(call).encode(), b"s:advisor-agent:0")
    return bytes((_VERSION_AND_PARTS,)) + b"".join(_LENGTH.pack(len(part)) + part for part in parts)


def _first_part(channel: socket.socket) -> bytes:
    (size,) = _LENGTH.unpack(_exactly(channel, 1 + _LENGTH.size)[1:])
    if size > _MOST_BYTES:
        raise ValueError(f"more than {_MOST_BYTES} bytes")
    return _exactly(channel, size)


def _exactly(channel: socket.socket, size: int) -> bytes:
    data = bytearray()
    while len(data) < size:
        piece = channel.recv(min(size - len(data), 1 << 20))
        if not piece:
            raise OSError("it closed the connection")
        data += piece
    return bytes(data)
