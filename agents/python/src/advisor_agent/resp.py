"""The protocol of Redis and Valkey (RESP2), as far as a question of a few words and its answer go."""

from __future__ import annotations

import socket

from advisor_agent.dsn import Dsn

_MOST_BYTES = 1 << 20


class RespError(Exception):
    """The server's own words for why it does not answer a question."""


class Resp:
    """A connection; questions are asked one after another. OSError where there is none, or none any more."""

    def __init__(self, dsn: Dsn, seconds: float) -> None:
        self._socket = _connected(dsn, seconds)
        self._heard = b""

    def ask(self, *words: str) -> str:
        """The answer to a command: a number as its digits, nothing as an empty text."""
        parts = [word.encode() for word in words]
        asked = b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts)
        self._socket.sendall(b"*%d\r\n%s" % (len(parts), asked))
        line = self._line()
        kind, text = line[:1], line[1:]
        if kind == b"-":
            raise RespError(text.decode("utf-8", "replace"))
        if kind in (b"+", b":"):
            return text.decode("utf-8", "replace")
        if kind != b"$" or not text.lstrip(b"-").isdigit() or int(text) > _MOST_BYTES:
            raise RespError("it does not speak the protocol of Redis")
        return self._bytes(int(text)).decode("utf-8", "replace") if int(text) >= 0 else ""

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def _line(self) -> bytes:
        while b"\r\n" not in self._heard:
            self._hear()
        line, _, self._heard = self._heard.partition(b"\r\n")
        return line

    def _bytes(self, count: int) -> bytes:
        while len(self._heard) < count + 2:
            self._hear()
        text, self._heard = self._heard[:count], self._heard[count + 2 :]
        return text

    def _hear(self) -> None:
        piece = self._socket.recv(1 << 16)
        if not piece:
            raise ConnectionResetError("it hung up")
        self._heard += piece
        if len(self._heard) > _MOST_BYTES:
            raise RespError("it does not speak the protocol of Redis")


def _connected(dsn: Dsn, seconds: float) -> socket.socket:
    if dsn.host.startswith("/"):
        plain = socket.socket(socket.AF_UNIX)
        plain.settimeout(seconds)
        plain.connect(dsn.host)
        return plain
    plain = socket.create_connection((dsn.host, dsn.port), seconds)
    if not dsn.is_tls:
        return plain
    import ssl  # 5 MiB that only those pay who ask for it

    context = ssl.create_default_context(cafile=dsn.options.get("ssl_ca_certs"))
    return context.wrap_socket(plain, server_hostname=dsn.host)
