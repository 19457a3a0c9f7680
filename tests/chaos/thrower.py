"""Throws bombs from many connections at once; an answer may come long before all is sent."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from tests.chaos.bombs import Bomb

_SECONDS = 120.0


@dataclass(frozen=True)
class Hit:
    """What came of one bomb: the status, 0 where the connection ended without an answer, and after how long."""

    status: int
    seconds: float


async def throw(port: int, bomb: Bomb, token: str, times: int) -> list[Hit]:
    """So many at once, each over its own connection."""
    return list(await asyncio.gather(*(_throw(port, bomb, token) for _ in range(times))))


async def _throw(port: int, bomb: Bomb, token: str) -> Hit:
    begin = time.perf_counter()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    sending = asyncio.create_task(_send(writer, bomb, token))
    try:
        async with asyncio.timeout(_SECONDS):
            status = int((await reader.readuntil(b"\r\n\r\n"))[9:12])
    except (asyncio.IncompleteReadError, ConnectionError):
        status = 0
    finally:
        sending.cancel()
        writer.close()
    return Hit(status, time.perf_counter() - begin)


async def _send(writer: asyncio.StreamWriter, bomb: Bomb, token: str) -> None:
    try:
        writer.write(bomb.head(token))
        for piece in bomb.pieces():
            writer.write(piece)
            await writer.drain()
    except ConnectionError:  # it has seen enough: the answer says so
        return
