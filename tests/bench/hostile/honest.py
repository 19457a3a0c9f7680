"""Well-behaved senders, one a token, each an export a second: `python -m tests.bench.hostile.honest PLAN`.

A line with seconds on the standard input makes them send for so long; the answer is a JSON line, see `Heard`. The plan
is the JSON of `Plan`.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import count
from typing import Final

from tests.bench.ingest import corpus

PERIOD: Final = 1.0
"""Seconds between two exports of one sender: ten times as often as an agent, so that a second has as many latencies."""


@dataclass
class Plan:
    """Where and with which tokens they send."""

    port: int
    tokens: list[str]


@dataclass
class Heard:
    """How long each answer that took its export in took, in seconds, and how many of each status there were."""

    latencies: list[float]
    statuses: dict[str, int]


class Honest:
    """All of them, over kept connections."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._steps = [self._exports(number) for number in range(len(plan.tokens))]
        self._ready = list[list[bytes]]()
        self._open: dict[int, tuple[asyncio.StreamReader, asyncio.StreamWriter]] = {}

    def _exports(self, number: int) -> Iterator[bytes]:
        """Each export a step of sample time later than the one before, from a day ago on."""
        begin = time.time() - 86_400
        for step in count():
            steps = range(step, step + 1)
            yield from corpus.bodies("json", range(number, number + 1), steps, begin + (step + 1) * corpus.STEP)

    async def send(self, seconds: float) -> Heard:
        """Let all send for so long, evenly spread over the second.

        What they send is made beforehand: making one takes 4 ms, in which an answer to another is not heard.
        """
        heard = Heard([], {})
        self._ready = [[next(own) for _ in range(int(seconds / PERIOD) + 1)] for own in self._steps]
        end = time.perf_counter() + seconds
        await asyncio.gather(*(self._sender(number, end, heard) for number in range(len(self._plan.tokens))))
        return heard

    async def _sender(self, number: int, end: float, heard: Heard) -> None:
        await asyncio.sleep(number / len(self._plan.tokens) * PERIOD)
        due = time.perf_counter()
        while due < end:
            body, own, status = self._ready[number].pop(0), str(uuid.uuid4()), ""
            while status != "200":
                begin = time.perf_counter()
                status = await self._ask(number, body, own)
                if status == "200":
                    heard.latencies.append(time.perf_counter() - begin)
                else:
                    await asyncio.sleep(PERIOD / 10)
                heard.statuses[status] = heard.statuses.get(status, 0) + 1
            due = max(due + PERIOD, time.perf_counter())
            await asyncio.sleep(due - time.perf_counter())

    async def _ask(self, number: int, body: bytes, batch: str) -> str:
        try:
            if number not in self._open:
                self._open[number] = await asyncio.open_connection("127.0.0.1", self._plan.port)
            reader, writer = self._open[number]
            writer.write(self._head(number, batch, len(body)) + body)
            answer = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(int(answer.lower().partition(b"content-length:")[2].split(b"\r\n")[0]))
        except (ConnectionError, asyncio.IncompleteReadError):
            self._open.pop(number, None)
            return "broken"
        if b"connection: close" in answer.lower():
            self._open.pop(number)[1].close()
        return answer[9:12].decode()

    def _head(self, number: int, batch: str, size: int) -> bytes:
        headers = {
            "host": "here",
            "authorization": f"Bearer {self._plan.tokens[number]}",
            "content-type": "application/json",
            "content-encoding": "gzip",
            "advisor-batch-id": batch,
            "content-length": str(size),
        }
        lines = ("POST /v1/metrics HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", "")
        return "\r\n".join(lines).encode()


async def serve(plan: Plan) -> None:
    """Do what the standard input says until it ends."""
    honest = Honest(plan)
    while line := await asyncio.to_thread(sys.stdin.readline):
        sys.stdout.write(json.dumps(asdict(await honest.send(float(line)))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    gc.disable()  # nothing here is a circle, and a search would count as the server's time
    asyncio.run(serve(Plan(**json.loads(sys.argv[1]))))
