"""Sends ready bodies over kept connections, each as soon as the one before is answered; runs as a process of its own.

`python -m tests.bench.ingest.sender PLAN`: PLAN is a JSON file, see `Plan`. It ends with one JSON line, see `Sent`.
"""

from __future__ import annotations

import asyncio
import json
import mmap
import sys
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

CONNECTIONS: Final = 16

_AGAIN: Final = 0.5
"""Seconds until a patient sender sends again what was refused. Asking at once takes the processor time with which the
server finds out who the others are."""


@dataclass
class Plan:
    """What is sent.

    Attributes:
        ports: of the server's processes, on 127.0.0.1, one a connection in turns.
        path: of the address.
        headers: of every request, without its length.
        bodies: a file of bodies, each after its length in 4 bytes.
        seconds: when to stop, whether or not all is sent.
        tokens: one a connection, in turns; none where the server asks for none.
        has_ids: each request names its batch, as those of the agents do.
        is_patient: what is refused is sent again until it is taken, as agents do; else it is only counted.
    """

    ports: list[int]
    path: str
    headers: dict[str, str]
    bodies: str
    seconds: float
    tokens: list[str] = field(default_factory=list)
    has_ids: bool = False
    is_patient: bool = False


@dataclass
class Sent:
    """What became of it.

    Attributes:
        statuses: answers by their status.
        seconds: from the first request to the last answer.
        latencies: the median and the 99th percentile of the answers' times, seconds.
        is_all: all bodies were sent before the time was over.
    """

    statuses: dict[str, int]
    seconds: float
    latencies: tuple[float, float]
    is_all: bool


def pack(bodies: Iterator[bytes], path: Path) -> int:
    """Write bodies as `Plan.bodies` has them; how many they are."""
    count = 0
    with path.open("wb") as file:
        for body in bodies:
            file.write(len(body).to_bytes(4, "little") + body)
            count += 1
    return count


def packed(path: Path) -> list[memoryview]:
    """The inverse of `pack`, read only when it is looked at."""
    with path.open("rb") as file:
        data = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    bodies, start = list[memoryview](), 0
    while start < len(data):
        size = int.from_bytes(data[start : start + 4], "little")
        bodies.append(data[start + 4 : start + 4 + size])
        start += 4 + size
    return bodies


class Sender:
    """All connections of one run."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._bodies = packed(Path(plan.bodies))
        self._count = max(CONNECTIONS, len(plan.tokens))
        self._statuses: Counter[str] = Counter()
        self._latencies: list[float] = []
        self._unsent = len(self._bodies)

    async def run(self) -> Sent:
        """Send until all is sent or the time is over."""
        begin = time.perf_counter()
        end = begin + self._plan.seconds
        await asyncio.gather(*(self._connection(number, end) for number in range(self._count)))
        seconds = time.perf_counter() - begin
        ordered = sorted(self._latencies) or [0.0]
        percentiles = ordered[len(ordered) // 2], ordered[len(ordered) * 99 // 100]
        return Sent(dict(self._statuses), seconds, percentiles, not self._unsent)

    async def _connection(self, number: int, end: float) -> None:
        """Each connection has bodies of its own: a host always comes to the same process with the same token."""
        reader, writer = await self._open(number)
        head = self._head(number)
        for body in self._bodies[number :: self._count]:
            status = ""
            while status != "200" and (not status or self._plan.is_patient) and time.perf_counter() < end:
                sent = time.perf_counter()
                own = b"advisor-batch-id: %s\r\n" % str(uuid.uuid4()).encode() if self._plan.has_ids else b""
                writer.writelines((head, own, b"content-length: %d\r\n\r\n" % len(body), body))
                answer = await reader.readuntil(b"\r\n\r\n")
                await reader.readexactly(_length(answer))
                self._latencies.append(time.perf_counter() - sent)
                status = answer[9:12].decode()
                self._statuses[status] += 1
                if self._plan.is_patient and status != "200":
                    await asyncio.sleep(_AGAIN)
                if b"connection: close" in answer.lower():
                    writer.close()
                    reader, writer = await self._open(number)
            self._unsent -= bool(status)
        writer.close()

    async def _open(self, number: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self._plan.ports[number % len(self._plan.ports)])

    def _head(self, number: int) -> bytes:
        headers = {"host": "127.0.0.1", **self._plan.headers}
        if self._plan.tokens:
            headers["authorization"] = f"Bearer {self._plan.tokens[number % len(self._plan.tokens)]}"
        lines = [f"POST {self._plan.path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), ""]
        return "\r\n".join(lines).encode()


def _length(head: bytes) -> int:
    """How many bytes follow the head of an answer; those that are measured announce it, or have none."""
    _, found, rest = head.lower().partition(b"content-length:")
    return int(rest.split(b"\r\n", 1)[0]) if found else 0


def main() -> int:
    """Send what the plan says."""
    plan = Plan(**json.loads(Path(sys.argv[1]).read_text()))
    sys.stdout.write(json.dumps(asdict(asyncio.run(Sender(plan).run()))) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
