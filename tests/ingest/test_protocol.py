"""Slow clients are cut off, and nobody else: a real server, real connections, short limits.

Nobody waits for a time to pass here: a silent connection that is cut off tells that it has.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import uvicorn
from websockets.asyncio.client import connect

from advisor.ingest import limits
from advisor.ingest.answers import Send
from advisor.ingest.body import Receive
from advisor.ingest.door import Scope
from advisor.ingest.protocol import PatientProtocol

WHOLE = b"POST /whole HTTP/1.1\r\nhost: here\r\ncontent-length: 3\r\n\r\nabc"
Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Open = Callable[[bytes], Awaitable[Connection]]


class Served:
    """An application that answers once a body is whole; `/held` only after `release`."""

    def __init__(self) -> None:
        self.release = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._echo(receive, send)
            return
        if scope["path"] == "/refused":
            headers = [(b"content-length", b"2"), (b"connection", b"close")]
            await send({"type": "http.response.start", "status": 400, "headers": headers})
            await send({"type": "http.response.body", "body": b"no"})
            return
        event = await receive()
        while event.get("more_body"):
            event = await receive()
        if event["type"] == "http.disconnect":
            return
        if scope["path"] == "/held":
            await self.release.wait()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"ok"})

    async def _echo(self, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        while (event := await receive())["type"] == "websocket.receive":
            await send({"type": "websocket.send", "text": event["text"]})


@pytest.fixture
def served() -> Served:
    return Served()


@pytest.fixture
async def server(served: Served, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[uvicorn.Server]:
    monkeypatch.setattr(limits, "SLOW_SECONDS", 0.05)
    monkeypatch.setattr(limits, "REQUEST_SECONDS", 0.3)
    monkeypatch.setattr(limits, "SLOW_CLIENTS", 3)
    monkeypatch.setattr(limits, "LINGER_SECONDS", 0.3)
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(served, http=PatientProtocol, lifespan="off", log_level="critical"))
    running = asyncio.create_task(server.serve(sockets=[listening]))
    while not server.started:
        await asyncio.sleep(0)
    yield server
    server.should_exit = True
    await running


@pytest.fixture
def port(server: uvicorn.Server) -> int:
    return int(server.servers[0].sockets[0].getsockname()[1])


@pytest.fixture
async def open_connection(port: int) -> AsyncIterator[Open]:
    opened: list[asyncio.StreamWriter] = []

    async def one(data: bytes = b"") -> Connection:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        opened.append(writer)
        writer.write(data)
        return reader, writer

    yield one
    for writer in opened:
        writer.close()


async def cut(reader: asyncio.StreamReader) -> bytes:
    """All that comes until the connection is cut off."""
    async with asyncio.timeout(10):
        try:
            return await reader.read()
        except ConnectionResetError:
            return b""


async def answer(reader: asyncio.StreamReader) -> bytes:
    async with asyncio.timeout(10):
        head = await reader.readuntil(b"\r\n\r\n")
        return head[9:12] + b" " + await reader.readexactly(2)


@pytest.mark.parametrize(
    "sent",
    [b"", b"\r\n", b"POST /whole HTT", WHOLE.replace(b"abc", b"a")],
    ids=["nothing", "an empty line", "half a head", "half a body"],
)
async def test_what_does_not_arrive_whole_is_cut_off(open_connection: Open, sent: bytes) -> None:
    reader, _ = await open_connection(sent)
    assert await cut(reader) == b""
    assert not PatientProtocol.slow


async def test_a_head_without_an_end_is_cut_off_at_once(open_connection: Open) -> None:
    reader, writer = await open_connection(b"POST /whole HTTP/1.1\r\n")
    silent, _ = await open_connection(b"")
    writer.write(b"x-long: " + b"a" * (limits.HEAD_BYTES + 1))
    too_long, waiting = (asyncio.create_task(cut(one)) for one in (reader, silent))
    done, _ = await asyncio.wait([too_long, waiting], return_when=asyncio.FIRST_COMPLETED)
    assert done == {too_long}
    await waiting


async def test_a_body_may_be_longer_than_a_head(open_connection: Open) -> None:
    size = 4 * limits.HEAD_BYTES
    reader, _ = await open_connection(WHOLE.replace(b": 3", b": %d" % size).replace(b"abc", bytes(size)))
    assert await answer(reader) == b"200 ok"


async def test_a_kept_connection_and_one_that_is_being_answered_stay(open_connection: Open, served: Served) -> None:
    kept, writer = await open_connection(WHOLE)
    held, _ = await open_connection(WHOLE.replace(b"/whole", b"/held"))
    assert await answer(kept) == b"200 ok"
    silent, _ = await open_connection(b"")
    await cut(silent)  # longer than any request may take to arrive has passed

    writer.write(WHOLE)
    assert await answer(kept) == b"200 ok"
    served.release.set()
    assert await answer(held) == b"200 ok"


async def test_an_empty_line_after_an_answer_does_not_hold_the_connection(open_connection: Open) -> None:
    reader, writer = await open_connection(WHOLE)
    assert await answer(reader) == b"200 ok"
    writer.write(b"\r\n")
    assert await cut(reader) == b""


async def test_two_requests_in_one_packet_are_both_answered(open_connection: Open) -> None:
    reader, _ = await open_connection(WHOLE + WHOLE)
    assert await answer(reader) == b"200 ok"
    assert await answer(reader) == b"200 ok"


async def test_one_address_may_be_slow_only_so_often(open_connection: Open) -> None:
    slow = [(await open_connection(b"POST"))[0] for _ in range(4)]
    waiting = [asyncio.create_task(cut(reader)) for reader in slow]
    done, rest = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    assert done == {waiting[-1]}
    assert PatientProtocol.slow == {"127.0.0.1": 3}
    await asyncio.wait(rest)


async def test_a_crowd_that_comes_at_once_is_not_slow(open_connection: Open) -> None:
    crowd = await asyncio.gather(*(open_connection(WHOLE) for _ in range(30)))
    assert [await answer(reader) for reader, _ in crowd] == [b"200 ok"] * 30


async def test_an_open_socket_may_be_silent(port: int, open_connection: Open) -> None:
    async with connect(f"ws://127.0.0.1:{port}/live") as live:
        silent, _ = await open_connection(b"")
        await cut(silent)
        await live.send("still here")
        assert await live.recv() == "still here"


async def test_what_was_sent_before_the_end_is_answered(server: uvicorn.Server, open_connection: Open) -> None:
    reader, writer = await open_connection(WHOLE)
    assert (await answer(reader)).startswith(b"200")
    writer.write(WHOLE)
    for connection in server.server_state.connections:
        connection.shutdown()
    async with asyncio.timeout(10):
        told = await reader.read()  # to its end: the connection is closed afterwards
    assert told.startswith(b"HTTP/1.1 200")
    assert b"connection: close" in told.lower()


async def test_who_sends_on_reads_why_it_is_refused(open_connection: Open) -> None:
    size = 1 << 20
    head = WHOLE.removesuffix(b"abc").replace(b"/whole", b"/refused").replace(b": 3", b": %d" % size)
    reader, writer = await open_connection(head + bytes(1 << 16))
    assert await answer(reader) == b"400 no"
    assert await reader.read() == b""  # this side is closed: nothing more is said, and what comes is read
    for _ in range(15):
        writer.write(bytes(1 << 16))
        await writer.drain()
    writer.write_eof()
    assert reader.exception() is None


async def test_what_follows_a_request_and_is_none_is_answered(open_connection: Open) -> None:
    reader, writer = await open_connection(WHOLE + b"{" * 300_000)
    async with asyncio.timeout(10):
        said = await reader.read()
    writer.write(b"{" * 1_000)
    await writer.drain()
    assert b"400 Bad Request" in said


async def test_nobody_is_listened_to_for_long_once_refused(open_connection: Open) -> None:
    head = WHOLE.removesuffix(b"abc").replace(b"/whole", b"/refused")
    reader, writer = await open_connection(head)
    assert await answer(reader) == b"400 no"
    with pytest.raises(ConnectionError):  # noqa: PT012  # whichever of them notices
        async with asyncio.timeout(10):
            while True:
                writer.write(b"x")
                await writer.drain()
                await asyncio.sleep(0)
