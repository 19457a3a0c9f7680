"""What a service asks of others: the databases and the HTTP services that it calls, in the last minute."""

from __future__ import annotations

from dataclasses import dataclass

from advisor.features.window import PartWindow, ServiceWindow
from advisor.pages import measured
from advisor.vocabulary import PartKind

SYSTEMS = {
    "postgresql": "PostgreSQL",
    "mysql": "MySQL",
    "mariadb": "MariaDB",
    "mongodb": "MongoDB",
    "redis": "Redis",
    "valkey": "Valkey",
    "memcached": "Memcached",
    "cassandra": "Cassandra",
    "elasticsearch": "Elasticsearch",
    "opensearch": "OpenSearch",
    "sqlite": "SQLite",
    "microsoft.sql_server": "SQL Server",
    "oracle.db": "Oracle",
}
"""OpenTelemetry's `db.system.name` -> what people call it."""


@dataclass(frozen=True, slots=True)
class CallRow:
    """Calls to one address by all processes.

    Attributes:
        address: host and port, `orders.internal:5432`.
        kind: what answers there: `PostgreSQL`, `HTTP`.
        call_rate: calls per second.
        p95: seconds.
        errors: failed calls per second.
        active: calls that wait for an answer now; None where nobody counts them.
        share: time spent in these calls relative to all time spent in requests. Calls that run side by side
            each count in full, so it may exceed 1; None where no request was timed.
    """

    address: str
    kind: str
    call_rate: float
    p95: float | None
    errors: float
    active: float | None
    share: float | None


def call_rows(window: ServiceWindow) -> list[CallRow]:
    """Databases and destinations, the one that is most waited for first."""
    found = measured.parts(window, PartKind.DATABASE, PartKind.DESTINATION)
    spent = {
        key: measured.known_sum(measured.total(p.track, "duration") for p in parts) for key, parts in found.items()
    }
    requests = measured.known_sum(measured.total(instance.track, "request_time") for instance in window.instances)
    ranked = sorted(found, key=lambda key: (-(spent[key] or 0.0), key))
    return [_row(*key, found[key], _share(spent[key], requests), window) for key in ranked]


def address(name: str) -> str:
    """The words of a part's name as people write an address: `orders.internal 5432` is `orders.internal:5432`."""
    host, _, port = name.rpartition(" ")
    if not host or not port.isdecimal():
        return name
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _row(kind: PartKind, name: str, parts: list[PartWindow], share: float | None, window: ServiceWindow) -> CallRow:
    def per_second(column: str) -> float:
        return sum(measured.total(part.track, column) or 0.0 for part in parts) / (window.end - window.start)

    place, what = _words(kind, name)
    return CallRow(
        address=place,
        kind=what,
        call_rate=per_second("count"),
        p95=measured.p95([part.track for part in parts]),
        errors=per_second("errors"),
        active=measured.known_sum(measured.last(part.track, "active") for part in parts),
        share=share,
    )


def _words(kind: PartKind, name: str) -> tuple[str, str]:
    """Address and kind. A database's name begins with its system; one without an address runs inside the process."""
    if kind is PartKind.DESTINATION:
        return address(name), "HTTP"
    system, _, place = name.partition(" ")
    known = SYSTEMS.get(system, system)
    return (address(place), known) if place else (known, "database")


def _share(spent: float | None, requests: float | None) -> float | None:
    return None if spent is None or not requests else spent / requests
