"""What is there whole is answered past ASGI, all else as uvicorn does it: a real server, real connections."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import cast

import pytest
import uvicorn

from advisor.ingest.answers import Send
from advisor.ingest.body import Receive
from advisor.ingest.door import Scope
from advisor.ingest.protocol import PatientProtocol
from tests.ingest.doors import Gated
from tests.ingest.exports import PROCESS, body, gauge, number, resource

DATA = body(resource(PROCESS, gauge("nodejs.eventloop.utilization", number(0.5))))
HEAD = (
    b"POST /v1/metrics HTTP/1.1\r\nhost: here\r\ncontent-type: application/json\r\nauthorization: Bearer good\r\n"
    b"content-length: %d\r\n\r\n" % len(DATA)
)
WHOLE = HEAD + DATA
CHUNKED = WHOLE.replace(b"content-length: %d" % len(DATA), b"transfer-encoding: chunked").removesuffix(DATA) + (
    b"5\r\n%b\r\n%x\r\n%b\r\n0\r\n\r\n" % (DATA[:5], len(DATA) - 5, DATA[5:])
)
Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Open = Callable[[bytes], Awaitable[Connection]]


class Served:
    """A door, and how many requests came to it the long way."""

    def __init__(self) -> None:
        self.long = 0
        self.database = Gated()
        self.batches, self.gate = self.database.batches, self.database.gate
        self.door = self.database.door()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.long += scope["type"] == "http"
        await self.door(scope, receive, send)


@pytest.fixture
def served() -> Served:
    return Served()


@pytest.fixture
async def server(served: Served, transactional_db: None) -> AsyncIterator[uvicorn.Server]:
    config = uvicorn.Config(served, http=PatientProtocol, access_log=False, log_level="critical")
    server, listening = uvicorn.Server(config), socket.create_server(("127.0.0.1", 0))
    running = asyncio.create_task(server.serve(sockets=[listening]))
    while not server.started:
        await asyncio.sleep(0)
    yield server
    served.gate.set()
    server.should_exit = True
    await running


@pytest.fixture
async def open_connection(server: uvicorn.Server, served: Served) -> AsyncIterator[Open]:
    """Opens connections to a server that knows the token already, since somebody has come with it."""
    port, opened = server.servers[0].sockets[0].getsockname()[1], list[asyncio.StreamWriter]()

    async def one(data: bytes = b"") -> Connection:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        opened.append(writer)
        writer.write(data)
        return reader, writer

    reader, _ = await one(WHOLE)
    assert await status(reader) == 200
    assert served.long == 1
    served.long = 0
    yield one
    for writer in opened:
        writer.close()


async def head(reader: asyncio.StreamReader) -> bytes:
    async with asyncio.timeout(10):
        told = await reader.readuntil(b"\r\n\r\n")
        (length,) = (int(line[16:]) for line in told.split(b"\r\n") if line.startswith(b"content-length"))
        await reader.readexactly(length)
        return told.lower()


async def status(reader: asyncio.StreamReader) -> int:
    return int((await head(reader))[9:12])


@pytest.mark.parametrize("sent", [WHOLE, CHUNKED], ids=["whole", "chunked"])
async def test_what_is_there_whole_goes_the_short_way(open_connection: Open, served: Served, sent: bytes) -> None:
    reader, writer = await open_connection(sent)
    assert await status(reader) == 200
    writer.write(sent)  # on the same connection
    told = await head(reader)
    assert told.startswith(b"http/1.1 200 ok\r\n")
    assert told.count(b"\r\ndate: ") == 1
    assert b"\r\ncontent-type: application/json\r\ncontent-length: 2\r\n" in told
    assert b"connection: close" not in told
    assert (served.long, len(served.batches)) == (0, 3)


@pytest.mark.parametrize(
    "sent",
    [
        WHOLE.replace(b"Bearer good", b"Bearer new"),
        WHOLE.replace(b"/v1/metrics", b"/v1/metrics?a=1"),
        WHOLE.replace(b"/v1/metrics", b"/v1/traces"),
        WHOLE.replace(b"POST", b"PUT"),
        WHOLE.replace(b"HTTP/1.1", b"HTTP/1.0"),
        WHOLE.replace(b"host: here", b"connection: upgrade\r\nupgrade: other"),
    ],
    ids=["a stranger", "a query", "another path", "another method", "another version", "an upgrade"],
)
async def test_all_else_goes_the_long_way(open_connection: Open, served: Served, sent: bytes) -> None:
    reader, _ = await open_connection(sent)
    assert await status(reader) in (200, 400, 401, 404, 405)
    assert served.long == 1


async def test_what_comes_in_pieces_goes_the_long_way(open_connection: Open, served: Served) -> None:
    reader, writer = await open_connection(HEAD + DATA[:10])
    while not served.long:
        await asyncio.sleep(0)
    writer.write(DATA[10:])
    assert await status(reader) == 200
    writer.write(HEAD[:30])
    await writer.drain()
    writer.write(HEAD[30:] + DATA)
    assert await status(reader) == 200
    assert [batch.points for batch in served.batches] == [1, 1, 1]
    assert served.batches[0].pivoted.points == served.batches[1].pivoted.points


async def test_requests_in_one_packet_are_answered_in_turn(open_connection: Open, served: Served) -> None:
    served.gate.clear()
    reader, writer = await open_connection(WHOLE + WHOLE.replace(b"Bearer good", b"Bearer bad!") + WHOLE)
    while not served.door._desk.courtesy.has_others(0):
        await asyncio.sleep(0)
    assert served.long == 0  # the second waits for the first
    served.gate.set()
    assert [await status(reader) for _ in range(2)] == [200, 401]
    assert await reader.read() == b""  # a stranger's connection is closed
    assert writer.is_closing() or len(served.batches) == 2


async def test_a_connection_that_is_to_be_closed_is(open_connection: Open) -> None:
    reader, _ = await open_connection(WHOLE.replace(b"host: here", b"host: here\r\nconnection: close"))
    assert b"\r\nconnection: close\r\n" in await head(reader)
    assert await reader.read() == b""


async def test_a_refusal_keeps_the_connection_of_what_was_there_whole(open_connection: Open, served: Served) -> None:
    bad = WHOLE.replace(DATA, b"{" * len(DATA))
    reader, writer = await open_connection(bad)
    assert await status(reader) == 400
    writer.write(WHOLE)
    assert await status(reader) == 200
    assert served.long == 0


async def test_who_leaves_is_stored_all_the_same(open_connection: Open, served: Served) -> None:
    served.gate.clear()
    _, writer = await open_connection(WHOLE)
    while not served.door._desk.courtesy.has_others(0):
        await asyncio.sleep(0)
    writer.close()
    await writer.wait_closed()
    served.gate.set()
    reader, _ = await open_connection(WHOLE)
    assert await status(reader) == 200
    assert len(served.batches) == 3


async def test_what_waits_when_the_server_ends_is_answered_first(
    server: uvicorn.Server, open_connection: Open, served: Served
) -> None:
    served.gate.clear()
    reader, _ = await open_connection(WHOLE)
    while not served.door._desk.courtesy.has_others(0):
        await asyncio.sleep(0)
    for connection in server.server_state.connections:
        connection.shutdown()
    assert len(server.server_state.tasks) == 1
    while any(cast(PatientProtocol, one).cycle.keep_alive for one in server.server_state.connections):
        await asyncio.sleep(0)
    served.gate.set()
    told = await head(reader)
    assert told.startswith(b"http/1.1 200")
    assert b"\r\nconnection: close\r\n" in told
    assert await reader.read() == b""
    assert not server.server_state.tasks


async def test_what_is_given_up_at_the_end_is_told_so(
    server: uvicorn.Server, open_connection: Open, served: Served
) -> None:
    served.gate.clear()
    reader, _ = await open_connection(WHOLE)
    while not server.server_state.tasks:
        await asyncio.sleep(0)
    for task in server.server_state.tasks:
        task.cancel("as uvicorn does when its patience ends")
    assert await status(reader) == 503


async def test_nothing_is_begun_behind_what_is_given_up(
    server: uvicorn.Server, open_connection: Open, served: Served
) -> None:
    served.gate.clear()
    reader, _ = await open_connection(WHOLE + WHOLE)
    while not server.server_state.tasks:
        await asyncio.sleep(0)
    for task in server.server_state.tasks:
        task.cancel("as uvicorn does when its patience ends")
    told = await head(reader)
    assert told.startswith(b"http/1.1 503")
    assert b"\r\nconnection: close\r\n" in told
    assert await reader.read() == b""
    assert served.long == 0


async def test_no_http_after_a_head_is_answered(open_connection: Open, served: Served) -> None:
    reader, _ = await open_connection(CHUNKED.replace(b"\r\n5\r\n", b"\r\nno size\r\n"))
    async with asyncio.timeout(10):
        assert (await reader.read()).startswith(b"HTTP/1.1 400")
    assert len(served.batches) == 1


def test_a_server_may_import_it_before_django_is_up() -> None:
    """With several workers uvicorn does."""
    command = [sys.executable, "-c", "import advisor.ingest.protocol, sys; sys.exit('advisor.settings' in sys.modules)"]
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    subprocess.run(command, env=environment, check=True)
