"""Probes that post to the agent's receiver, and keep what was not taken, as real ones do."""

from __future__ import annotations

import http.client
import json
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from advisor_agent.uuid7 import uuid7
from fakes.ledger import Ledger

_PAUSE_SECONDS = 0.01
_MOST_PADDING = 12_000


def body_of(source: str, number: int, padding: str = "") -> bytes:
    """An export of one sample, whose identity is its source and number."""
    point = {"timeUnixNano": str(number), "asDouble": number / 7}
    metrics = [{"name": "nodejs.eventloop.utilization", "unit": "1", "gauge": {"dataPoints": [point]}}]
    attributes = [{"key": "service.instance.id", "value": {"stringValue": source}}]
    resource = {"resource": {"attributes": attributes}, "scopeMetrics": [{"metrics": metrics}], "padding": padding}
    return json.dumps({"resourceMetrics": [resource]}).encode()


@contextmanager
def probes(port: int, ledger: Ledger, seed: str, count: int = 2, pause: float = 0.0) -> Iterator[None]:
    """So many of them at work while the block runs, each with so many seconds between two batches."""
    stop = threading.Event()
    threads = [
        threading.Thread(target=_post_on, args=(port, ledger, f"{seed}/{number}", stop, pause))
        for number in range(count)
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def _post_on(port: int, ledger: Ledger, source: str, stop: threading.Event, pause: float) -> None:
    chance = random.Random(source)
    number = 0
    while not stop.is_set():
        number += 1
        batch_id, body = uuid7(), body_of(source, number, "x" * chance.randrange(_MOST_PADDING))
        ledger.offer(batch_id, body)
        while not stop.is_set() and not _is_taken(port, batch_id, body):
            stop.wait(_PAUSE_SECONDS)
        if not stop.is_set():
            ledger.take(batch_id)
        stop.wait(pause)


def _is_taken(port: int, batch_id: str, body: bytes) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Content-Type": "application/json", "Advisor-Batch-Id": batch_id}
    try:
        connection.request("POST", "/v1/metrics", body, headers)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
