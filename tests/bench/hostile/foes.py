"""Senders who are not well-behaved: `python -m tests.bench.hostile.foes slow|flood|greedy PORT TOKEN...`.

They end with SIGTERM, and print how often they were answered what, as JSON: a foe that is kept waiting is a weaker one.

They share the processors with what is measured, so they do as little as they can: bodies are made of a template, and
each waits between its requests as a foe on another machine would have to.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from itertools import count
from typing import Any, Final

from tests.bench.ingest import corpus
from tests.ingest.exports import exponential, exponential_point, export, gauge, nanos, number, resource

NICE: Final = 19
SLOW: Final = 500
"""Connections of slow clients at a time."""

GREEDY: Final = 500.0
"""Requests a second of a greedy token: ten times what it may."""

FLOOD: Final = 45.0
"""Requests a second of the flood."""

FLOODING: Final = 15
"""Connections of the flood: who waits for an answer sends on over another."""

SERVICES, ROUTES, METRICS = 20, 50, 200
"""Invented names of each request of the flood: a million in 80 seconds."""

_HEAD: Final = (
    "POST /v1/metrics HTTP/1.1\r\nhost: here\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\n"
)
_TOKEN: Final = "999999999"
"""Stands for what is invented, in a template."""

_answers: Final = Counter[str]()
"""Status -> how many answers had it."""


async def slow(port: int, tokens: list[str]) -> None:
    """Connections that bring nothing, half a head, half a body, or a byte a second; each again once it is cut off."""
    half_body = (_HEAD.format(token=tokens[0]) + "content-length: 9\r\n\r\n{").encode()
    starts = (b"", b"POST /v1/metrics HTTP/1.1\r\nhost: ", half_body, b"POST /v1/metrics HTTP/1.1\r\nx: ")
    await asyncio.gather(*(_slow(port, starts[place % 4], drips=place % 4 == 3) for place in range(SLOW)))


async def _slow(port: int, start: bytes, drips: bool) -> None:
    while True:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(start)
            ended = asyncio.create_task(reader.read())
            while drips and not ended.done():
                await asyncio.wait([ended], timeout=1.0)
                writer.write(b"x")
            await ended
            writer.close()
        except OSError:
            pass
        await asyncio.sleep(1.0)  # a foe who comes back at once would be a flood of connections


async def flood(port: int, tokens: list[str]) -> None:
    """Names that nobody has seen, in all places where a sender may choose one."""
    bodies = _invented()
    await asyncio.gather(*(_paced(port, tokens[0], FLOOD / FLOODING, bodies) for _ in range(FLOODING)))


async def greedy(port: int, tokens: list[str]) -> None:
    """Ordinary exports, ten times as often as a token may."""
    said = gauge("process.thread.count", number(7.0, at=time.time()))
    body = json.dumps(export(resource({"service.name": "greedy", "service.instance.id": "greedy-1"}, said))).encode()
    await asyncio.gather(
        *(_paced(port, token, GREEDY / 4, iter(lambda: body, b"")) for token in tokens for _ in range(4))
    )


def _invented() -> Iterator[bytes]:
    at, span = corpus.AT, corpus.STEP
    metrics = [gauge(f"invented.{place}.{_TOKEN}", number(1.0, at=at)) for place in range(METRICS)]
    routes = [
        exponential_point(
            [1], -20, 0.1, at=at, attrs={"http.route": f"/{place}/{_TOKEN}", "http.request.method": "GET"}
        )
        for place in range(ROUTES)
    ]
    who = {"service.name": "flood", "service.instance.id": "flood-1"}
    found = [resource(who, *metrics, exponential("http.server.request.duration", *routes))]
    for place in range(SERVICES):
        who = {"service.name": f"s{place}-{_TOKEN}", "service.instance.id": f"i{place}-{_TOKEN}"}
        found.append(resource(who, gauge("process.thread.count", number(1.0, at=at))))
    text = json.dumps(export(*found))
    begin = time.time_ns() // 1000 % 10**9  # other names than those of the round before
    for step in count(begin):
        now = time.time()
        moved = text.replace(nanos(at), nanos(now)).replace(nanos(at - span), nanos(now - span))
        yield moved.replace(_TOKEN, str(step)).encode()


async def _paced(port: int, token: str, per_second: float, bodies: Iterator[bytes]) -> None:
    """One request after another, no more of them a second than that."""
    connection: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
    due = time.perf_counter()
    for body in bodies:
        due = max(due + 1 / per_second, time.perf_counter())
        await asyncio.sleep(due - time.perf_counter())
        try:
            connection = connection or await asyncio.open_connection("127.0.0.1", port)
            reader, writer = connection
            writer.write((_HEAD.format(token=token) + f"content-length: {len(body)}\r\n\r\n").encode() + body)
            answer = (await reader.readuntil(b"\r\n\r\n")).lower()
            _answers[answer[9:12].decode()] += 1
            await reader.readexactly(int(answer.partition(b"content-length:")[2].split(b"\r\n")[0]))
            if b"connection: close" in answer:
                writer.close()
                connection = None
        except (OSError, asyncio.IncompleteReadError):
            connection = None


FOES: Final[dict[str, Callable[[int, list[str]], Coroutine[Any, Any, None]]]] = {
    "slow": slow,
    "flood": flood,
    "greedy": greedy,
}


def _end(*_: object) -> None:
    sys.stdout.write(json.dumps(_answers) + "\n")
    sys.stdout.flush()
    os._exit(0)  # hundreds of open connections need no goodbye


if __name__ == "__main__":
    os.nice(NICE)
    signal.signal(signal.SIGTERM, _end)
    asyncio.run(FOES[sys.argv[1]](int(sys.argv[2]), sys.argv[3:]))
