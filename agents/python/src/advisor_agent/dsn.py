"""Where a datastore is, and how to get in: `postgresql://user:password@host/shop`. Nobody is told its password."""

from __future__ import annotations

import os

from advisor_agent.metric import Attributes

POSTGRESQL = {"postgresql": "postgresql", "postgres": "postgresql"}
REDIS = {"redis": "redis", "rediss": "redis", "valkey": "valkey", "valkeys": "valkey", "unix": "redis"}
"""Scheme of a URL -> `db.system.name`."""

_TLS = ("rediss", "valkeys")
_PORTS = {"postgresql": 5432, "redis": 6379, "valkey": 6379}
_NAMES = {"postgresql": "PostgreSQL", "redis": "Redis", "valkey": "Valkey"}


class Dsn:
    """A datastore's address, and what is needed to get in.

    `host` is a name, an address or a path: of Redis its socket, of PostgreSQL the folder of its socket. `database` is
    empty for Redis, whose figures are those of the whole server. `options` are what stands behind the question mark.
    """

    __slots__ = ("database", "host", "is_tls", "options", "password", "port", "system", "user")

    def __init__(self, url: str, systems: dict[str, str]) -> None:
        """ValueError, which does not repeat the URL, where it cannot be read."""
        from urllib.parse import parse_qsl, unquote, urlsplit  # memory that only those pay who name a datastore

        parts = urlsplit(url)
        self.system = systems.get(parts.scheme, "")
        if not self.system or ("@" in parts.path and not parts.hostname):
            raise ValueError
        self.is_tls = parts.scheme in _TLS
        self.options = dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
        self.user = unquote(parts.username or "")
        self.password = unquote(parts.password or "") or self.options.pop("password", "")
        is_socket = parts.scheme == "unix"
        host = self.options.pop("host", "") or _host(unquote(parts.netloc), parts.hostname)
        self.host = parts.path if is_socket else host
        self.port = int(self.options.pop("port", "") or parts.port or _PORTS[self.system])
        named = unquote(parts.path.lstrip("/")) or self.options.pop("dbname", "") or self.user
        self.database = named if self.system == "postgresql" else ""
        if self.system == "postgresql" and not self.database:
            raise ValueError
        if not 0 < self.port < 65536 or (is_socket and len(self.host) < 2):
            raise ValueError

    @property
    def attributes(self) -> Attributes:
        """What names it, in OpenTelemetry's words. A socket of Redis has no port; one of PostgreSQL is named by it."""
        is_file = self.host.startswith("/") and self.system != "postgresql"
        pairs = (
            ("db.system.name", self.system),
            ("server.address", self.host),
            ("server.port", "" if is_file else str(self.port)),
            ("db.namespace", self.database),
        )
        return tuple((key, value) for key, value in pairs if value)

    def masked(self, text: str) -> str:
        """A text of somebody else's, without the password and on one line."""
        return " ".join((text.replace(self.password, "***") if self.password else text).split())

    def __str__(self) -> str:
        place = self.host if self.host.startswith("/") else f"{self.host}:{self.port}"
        return f"{_NAMES[self.system]} {self.database} at {place}".replace("  ", " ")


def _host(netloc: str, hostname: str | None) -> str:
    """Its host; a path, written with %2F, keeps its capital letters."""
    place = netloc.rpartition("@")[2]
    if place.startswith("/"):
        return place.partition(":")[0].rstrip(os.sep)
    return hostname or "localhost"
