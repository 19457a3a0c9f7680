"""Services whose reads repeat, under each rule that a cache may answer."""

from __future__ import annotations

from dataclasses import replace

from advisor.diagnosis import Evidence
from advisor.features import Snapshot
from advisor.vocabulary import PartKind
from tests.additions import with_part
from tests.builders import Load, snapshot
from tests.route_loads import Asked, routed

CALLING, READING, LOOP, MEMORY = "downstream-bound", "datastore-read-bound", "event-loop-saturated", "memory-pressure"
HTTP, PLACE, STORE = "catalogue.internal 8080", "postgresql db.internal:5432/shop", "postgresql 127.0.0.1 5432 shop"
READS = {"GET /products": 0.6, "GET /products/:id": 0.3, "POST /reviews": 0.1}
SLOW = Load(elu=0.2, rps=40, latency=0.9, noise=0.0, routes=READS)
FULL = Load(elu=0.9, rps=100, noise=0.0)
LOOK_UP, INSERT = "SELECT * FROM products WHERE id = $1", "INSERT INTO reviews VALUES ($1)"


def calling(kind: PartKind = PartKind.DESTINATION, name: str = HTTP, *, routes: dict[str, float] | None = None,
            calls: float = 2.0, share: float = 0.8, time_scale: float = 1.0) -> Snapshot:  # fmt: skip
    """A service that spends this share of its requests' time in so many calls for each."""
    plain = snapshot(replace(SLOW, routes=READS if routes is None else routes), time_scale=time_scale)
    track = plain.processes[0].track
    count, spent = track.values["requests"], track.values["request_time"]
    return with_part(plain, kind, name, count=calls * count, duration=share * spent, errors=0.0 * count)


def stored(seen: Snapshot | None = None, /, **texts: float) -> Snapshot:
    """A PostgreSQL with three active sessions, and the seconds of ten that each statement takes at 2 ms a call."""
    seen = with_part(seen or calling(PartKind.DATABASE, PLACE), PartKind.DATASTORE, STORE, active=3.0)
    for text, time in texts.items():
        seen = with_part(seen, PartKind.STATEMENT, f"{STORE} {text}", count=500 * time, duration=time)
    return seen


def beside(seen: Snapshot, name: str = "redis 127.0.0.1 6379", /, **figures: float) -> Snapshot:
    """The service's own Redis, which is asked 100 times a second and answers nine tenths."""
    return with_part(seen, PartKind.DATASTORE, name, **({"hits": 900.0, "misses": 100.0, "evicted": 0.0} | figures))


def computing(seed: int = 3, writes: float = 20.0, /, **shares: float) -> Snapshot:
    """A loop that is 89% busy, with these shares of its work; the routes' rates swing apart, but never fill it."""
    rates = {name: writes if name.startswith("POST") else 50.0 + n for n, name in enumerate(shares)}
    return routed({name: Asked(rates[name], 0.88 * share / rates[name], sway=0.08) for name, share in shares.items()},
                  FULL, seed=seed)  # fmt: skip


def grew(*, rising: float = 0.95, slows: bool = True) -> tuple[Evidence, ...]:
    told = ("growth_pairs", 400.0, 200.0), ("growth_rising", rising, 0.85), ("growth", 300e6, 20e6)
    return (
        *(Evidence(name, name, value, "By", least, "at least", value >= least, "process 1010")
          for name, value, least in told),
        Evidence("growth_late", "Late growth, of early growth", 0.1 if slows else 0.9, "1", 0.33, "at least",
                 not slows, "process 1010"),
    )  # fmt: skip


RULED: dict[str, tuple[Snapshot, tuple[Evidence, ...]]] = {
    CALLING: (calling(), ()),
    READING: (stored(**{LOOK_UP: 4.0, INSERT: 1.0}), ()),
    LOOP: (computing(**{"GET /products": 0.9, "POST /reviews": 0.1}), ()),
    MEMORY: (calling(), grew()),
}
