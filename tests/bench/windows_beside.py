"""`python -m tests.bench.windows_beside`: what peers take to give back what windows and a chart hold.

A part of `make bench-evaluate`. They get as many numbers as `tests.bench.windows` reads, without distributions, and are
asked over one kept connection until the last byte has come; decoding the answer, which ours includes, is left out.
"""

from __future__ import annotations

import http.client
import json
import os
import shutil
import sys
import tempfile
import time
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import django

from advisor.engine import spans
from advisor.vocabulary import Entity, judged_of
from tests.bench.ingest import wires
from tests.bench.ingest.peers import PEERS, Peer, missing, running
from tests.bench.rows import STEP
from tests.bench.windows import BROTHERS, CHART_HOURS, median

SERVICES: Final = 1_000
GROUP: Final = 100
"""Services of one request that writes."""

NAME: Final = "group-0000000"
AT: Final = 1_700_000_000.0
"""The name and the moment in what is filled in."""

MINUTE: Final = 60.0
CHARTED: Final = '{0}_over_time({1}{{service_name="chart-0000000"}}[1m])'
"""A figure of one process in the words of both; the mean of a minute, or its greatest."""


def main() -> int:
    """Measure each peer that is installed, print, and name those that are not."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        for peer in PEERS:
            if lacking := missing(peer):
                sys.stderr.write(f"{peer.name} is left out: {lacking}\n")
                continue
            with running(peer, Path(folder) / peer.name) as (port, _):
                _measure(peer, http.client.HTTPConnection("127.0.0.1", port))
            shutil.rmtree(Path(folder) / peer.name)
    return 0


def _measure(peer: Peer, connection: http.client.HTTPConnection) -> None:
    end = float(int(time.time() / MINUTE) * MINUTE)
    start = end - spans.window_seconds(1.0)
    sys.stderr.write(f"{peer.name}: writing the samples of {SERVICES:,} services\n")
    for body in _bodies(peer, end):
        _post(connection, peer, body)
    time.sleep(2 if peer.name == "VictoriaMetrics" else 0)  # it shows what it took within a second
    figures = {
        f"windows_{SERVICES}_services": median(lambda: _ask_windows(peer, connection, start, end)),
        f"chart_of_{CHART_HOURS}_hours": median(lambda: _ask_chart(peer, connection, end)),
    }
    for name, value in figures.items():
        sys.stdout.write(json.dumps({"name": f"{name}_{peer.name}", "value": value, "unit": "s"}) + "\n")


def _bodies(peer: Peer, end: float) -> Iterator[bytes]:
    """Six hours of a service that has several processes, and the window of all others: Prometheus goes back an hour."""
    form = wires.influx if peer.name == "VictoriaMetrics" else wires.remote_write
    drawn = tuple(dict.fromkeys(name for names, _ in _lines() for name in names))
    fill = form(_said([NAME] * BROTHERS, drawn), NAME, AT)
    for step in range(int(CHART_HOURS * 3600 / STEP), 0, -1):
        yield fill("chart-0000000", end - step * STEP)
    services = [f"{NAME}-{number:02d}" for number in range(GROUP)]
    fill = form(_said(services, judged_of(Entity.PROCESS)), NAME, AT)
    for step in range(int(spans.window_seconds(1.0) / STEP), 0, -1):
        for group in range(SERVICES // GROUP):
            yield fill(f"group-{group:07d}", end - step * STEP)


def _lines() -> list[tuple[tuple[str, ...], str]]:
    """The columns of each line of a service's charts, and what of each minute a page shows."""
    os.environ |= {"ADVISOR_SECRET_KEY": "a key for the bench alone", "DJANGO_SETTINGS_MODULE": "advisor.settings"}
    django.setup()
    from advisor.pages.course import PEAKS
    from advisor.store.lines import PROCESS_LINES

    return [(line.needs, "max" if name in PEAKS else "avg") for name, line in PROCESS_LINES.items()]


def _said(services: list[str], columns: tuple[str, ...]) -> dict[str, Any]:
    """An export of one process of each of these services, as OTLP/JSON says it."""
    return {"resourceMetrics": [_resource(service, place, columns) for place, service in enumerate(services)]}


def _resource(service: str, place: int, columns: tuple[str, ...]) -> dict[str, Any]:
    metrics = [
        {"name": name, "gauge": {"dataPoints": [{"attributes": [], "asDouble": 0.37 * place + number}]}}
        for number, name in enumerate(columns)
    ]
    who = {"service.name": service, "service.instance.id": f"i{place}"}
    attributes = [{"key": key, "value": {"stringValue": value}} for key, value in who.items()]
    return {"resource": {"attributes": attributes}, "scopeMetrics": [{"metrics": metrics}]}


def _post(connection: http.client.HTTPConnection, peer: Peer, body: bytes) -> None:
    connection.request("POST", peer.path, body, peer.headers)
    answer = connection.getresponse()
    said = answer.read()
    if answer.status >= 300:
        raise RuntimeError(f"{peer.name} answers {answer.status}: {said[:200]!r}")


def _ask_windows(peer: Peer, connection: http.client.HTTPConnection, start: float, end: float) -> None:
    """All figures of all services, two groups of them at a time, as many as a worker looks at."""
    for group in range(0, SERVICES // GROUP, 2):
        services = f'{{service_name=~"group-0+({group}|{group + 1})-.*"}}'
        if peer.name == "VictoriaMetrics":
            size = _ask(connection, "/api/v1/export", {"match[]": services, "start": start, "end": end})
        else:
            asked = {"query": services, "start": start, "end": end, "step": STEP}
            size = _ask(connection, "/api/v1/query_range", asked)
        if size < GROUP * len(judged_of(Entity.PROCESS)):
            raise RuntimeError(f"{peer.name} gave {size} bytes for two hundred services")


def _ask_chart(peer: Peer, connection: http.client.HTTPConnection, end: float) -> None:
    """What a page shows of each minute and line, over all processes: a query each, as a dashboard asks.

    VictoriaMetrics would give its own answer of the last round; that is switched off.
    """
    prefix = "snapshot_" if peer.name == "VictoriaMetrics" else ""  # what a line of Influx begins with
    for names, kind in _lines():
        each = " + ".join(CHARTED.format(kind, f"{prefix}{name}") for name in names)
        asked = {
            "query": f"max({each})",
            "start": end - CHART_HOURS * 3600,
            "end": end,
            "step": MINUTE,
            "nocache": 1,
        }
        if _ask(connection, "/api/v1/query_range", asked) < CHART_HOURS * 60:
            raise RuntimeError("a line of the chart is empty")


def _ask(connection: http.client.HTTPConnection, path: str, said: dict[str, Any]) -> int:
    """Bytes of the answer."""
    connection.request("GET", f"{path}?{urllib.parse.urlencode(said)}")
    answer = connection.getresponse()
    size = len(answer.read())
    if answer.status != 200:
        raise RuntimeError(f"the peer answers {answer.status} to {path}")
    return size


if __name__ == "__main__":
    sys.exit(main())
