"""`python -m tests.bench.windows postgresql|sqlite SERVICES`: what loading windows and drawing a chart take.

A part of `make bench-evaluate`. Each service has one process that reports every ten seconds, with all columns that an
agent and a probe fill and a distribution; the process of the chart has four brothers. Figures are of a warm database,
and PostgreSQL has tidied up after the rows that it was filled with.
As many threads load windows at once as a worker has. Before the figures comes a table of how they grow: with the
services of all that there are, and with the chart's hours.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from advisor.embedded.children import THREADS
from advisor.engine import spans
from advisor.ingest.allocator import give_back_large, keep_free, keep_large
from advisor.pipeline.garbage import search_seldom
from tests.bench.database import connect
from tests.bench.rows import STEP, Maker

ROUNDS: Final = 5
SECONDS: Final = 1.0
"""At least so many rounds, and for so long: five charts would be over while this machine is slow for a moment."""

CHART_HOURS: Final = 6
SIZES: Final = (0.01, 0.1, 1)
HOURS: Final = (1.5, 3, CHART_HOURS)
"""What growth is shown of: shares of the services, and hours that are drawn from rollups of a minute."""

BROTHERS: Final = 5

GOALS: Final = {
    ("postgresql", 1_000): 0.25,
    ("sqlite", 1_000): 0.5,
    ("postgresql", 10_000): 2.5,
}
"""Seconds for the windows of so many services."""

CHART_GOAL: Final = 0.02


def main() -> int:
    """Fill a database, measure, print, and say whether the goals hold."""
    database, services = sys.argv[1], int(sys.argv[2])
    with ExitStack() as stack:
        connect(database, Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-"))), stack)
        end = float(int(time.time() / 60) * 60)
        ids = _fill(services, end)
        search_seldom()
        give_back_large()  # as a process that shows pages does
        keep_free()
        drawn = {hours: _chart(ids[0], end, hours) for hours in HOURS}
        whole = _chart(ids[0], end, CHART_HOURS, _every_line())
        keep_large()  # as a worker does
        loaded = {size: _windows(ids[:size], end) for size in (max(1, round(services * share)) for share in SIZES)}
        one_thread = _windows(ids, end, threads=1)
    _tell_growth(database, loaded, drawn)
    found = {
        f"windows_{services}_services_{database}": (loaded[services], GOALS.get((database, services))),
        f"windows_{services}_services_{database}_one_thread": (one_thread, None),
        f"chart_of_{CHART_HOURS}_hours_{database}": (drawn[CHART_HOURS], CHART_GOAL),
        f"chart_of_{CHART_HOURS}_hours_{database}_all_extremes": (whole, None),
    }
    holds = True
    for name, (value, goal) in found.items():
        line = {"name": name, "value": value, "unit": "s", "goal": goal, "holds": goal is None or value <= goal}
        sys.stdout.write(json.dumps(line) + "\n")
        holds &= bool(line["holds"])
    return 0 if holds else 1


def _tell_growth(database: str, loaded: Mapping[int, float], drawn: Mapping[float, float]) -> None:
    sys.stdout.write(f"| {database} | ms | microseconds each |\n| --- | --- | --- |\n")
    for size, seconds in loaded.items():
        sys.stdout.write(f"| windows of {size:,} services | {seconds * 1e3:,.1f} | {seconds / size * 1e6:,.0f} |\n")
    for hours, seconds in drawn.items():
        minutes = hours * 60
        sys.stdout.write(
            f"| chart of {hours} hours | {seconds * 1e3:,.1f} | {seconds / minutes * 1e6:,.0f} a minute |\n"
        )


def _fill(services: int, end: float) -> list[int]:
    from advisor.fleet.models import Host, Instance, Service

    when = datetime.fromtimestamp(end, UTC)
    seen = {"first_seen": when, "last_seen": when}
    hosts = Host.objects.bulk_create([Host(key=f"h{n}", name=f"h{n}", **seen) for n in range(services // 10 + 1)])
    made = Service.objects.bulk_create([Service(name=f"s{n}", serves=True, **seen) for n in range(services)])
    instances = Instance.objects.bulk_create(
        [
            Instance(service=service, host=hosts[n // 10], key=f"i{n}:{copy}", pid=copy + 1, **seen)
            for n, service in enumerate(made)
            for copy in range(BROTHERS if n == 0 else 1)
        ]
    )
    _keep_samples(hosts, instances, end)
    return [service.pk for service in made]


def _keep_samples(hosts: list[Any], instances: list[Any], end: float) -> None:
    """The window of all, a round at a time as they come; six hours of the first service's, rolled up."""
    from advisor.store import samples

    make = Maker()
    steps = int(spans.window_seconds(1.0) / STEP)
    chart = [one for one in instances if one.service_id == instances[0].service_id]
    for step in range(int(CHART_HOURS * 3600 / STEP), 0, -1):
        of_all = step <= steps
        processes = ((one.service_id, one.pk) for one in (instances if of_all else chart))
        _write(make.rows(processes, (host.pk for host in (hosts if of_all else hosts[:1])), end - step * STEP))
    samples.roll_up(datetime.fromtimestamp(end, UTC))
    _settle()


def _settle() -> None:
    """Let PostgreSQL tidy up after so many rows now, and not beside those who read: it takes one of two cores."""
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ALTER SYSTEM SET autovacuum = off")
            cursor.execute("SELECT pg_reload_conf()")
            cursor.execute("VACUUM ANALYZE")
            cursor.execute("CHECKPOINT")


def _write(rows: Any) -> None:
    from django.db import transaction

    from advisor.store import samples

    with transaction.atomic():
        samples.write(rows)


def _windows(ids: list[int], end: float, threads: int = THREADS) -> float:
    """Seconds for the windows of all services, as many at a time as a worker takes, in as many threads."""
    from advisor.pipeline.schedule import BATCH
    from advisor.store import samples

    start = end - spans.window_seconds(1.0)
    batches = [ids[first : first + BATCH] for first in range(0, len(ids), BATCH)]

    def load(batch: list[int]) -> None:
        samples.windows(batch, start, end)

    with ThreadPoolExecutor(threads) as pool:
        return median(lambda: deque(pool.map(load, batches), 0))


def _chart(service_id: int, end: float, hours: float, extremes: Collection[str] | None = None) -> float:
    """Seconds for the chart of so many hours as a page asks for it, or with the extremes of other lines."""
    from advisor.pages.course import PEAKS
    from advisor.store import samples

    wanted = PEAKS if extremes is None else extremes
    return median(lambda: samples.series(service_id, end - hours * 3600, end, extremes=wanted))


def _every_line() -> frozenset[str]:
    from advisor.store.lines import HOST_LINES, PROCESS_LINES
    from advisor.store.machine_lines import SPACE_LINES

    return frozenset((*PROCESS_LINES, *HOST_LINES, *SPACE_LINES))


def median(work: Callable[[], object]) -> float:
    """Seconds of a usual round, after one that fills the caches."""
    work()
    rounds: list[float] = []
    while len(rounds) < ROUNDS or sum(rounds) < SECONDS:
        began = time.perf_counter()
        work()
        rounds.append(time.perf_counter() - began)
    return statistics.median(rounds)


if __name__ == "__main__":
    sys.exit(main())
