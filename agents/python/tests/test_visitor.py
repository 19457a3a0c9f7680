from __future__ import annotations

import selectors
import socket
import struct

import pytest

from advisor_agent.http import Message, ProtocolError
from advisor_agent.visitor import Visitor

TIMEOUT = 30.0
RESET = struct.pack("ii", 1, 0)
"""SO_LINGER of 0 s: closing resets the connection."""


def request(body=b"{}", **headers):
    lines = [f"{name}: {value}" for name, value in {"Content-Length": len(body), **headers}.items()]
    return "\r\n".join(["POST /v1/logs HTTP/1.1", *lines, "", ""]).encode() + body


class Visited:
    """A visitor on its own, with the other end of its connection."""

    def __init__(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            self.client = socket.create_connection(server.getsockname())
            self.client.settimeout(TIMEOUT)
            accepted, _ = server.accept()
        accepted.setblocking(False)
        self.taken = []
        self.answer = b"HTTP/1.1 200 OK\r\n\r\n"
        self.visitor = Visitor(accepted, self._take)

    def _take(self, message):
        if message.body == b"refuse":
            raise ProtocolError(415, "No.")
        self.taken.append(message.body)
        return self.answer

    def serve(self):
        """One turn, when the socket is ready for it."""
        with selectors.DefaultSelector() as selector:
            selector.register(self.visitor.connection, self.visitor.events)
            assert selector.select(TIMEOUT), "nothing came"
        self.visitor.on_ready()

    def serve_to_the_end(self):
        while not self.visitor.is_done:
            self.serve()

    def hang_up(self, by_reset):
        if by_reset:
            self.client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        self.client.close()


@pytest.fixture
def visited():
    made = Visited()
    yield made
    made.client.close()
    made.visitor.connection.close()


@pytest.mark.parametrize("by_reset", [False, True])
@pytest.mark.parametrize("size", [2, 500_000])
def test_what_a_process_writes_before_it_vanishes_is_taken(visited, size, by_reset):
    visited.client.sendall(request())
    visited.serve()
    body = b"x" * size
    visited.visitor.connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
    visited.client.sendall(request(body))
    visited.hang_up(by_reset)
    visited.serve_to_the_end()
    assert visited.taken == [b"{}", body]


def test_two_requests_before_a_reset_although_the_first_cannot_be_answered(visited):
    bodies = [b"x" * 60_000, b"y" * 60_000]
    visited.client.sendall(b"".join(request(body) for body in bodies))
    visited.hang_up(by_reset=True)
    visited.serve_to_the_end()
    assert visited.taken == bodies


def test_an_answer_that_waits_for_room_is_no_reason_to_lose_the_last_request(visited):
    visited.answer = b"x" * (1 << 24)
    visited.client.sendall(request(b"1"))
    visited.serve()
    assert visited.visitor.events == selectors.EVENT_WRITE
    visited.client.sendall(request(b"2"))
    visited.hang_up(by_reset=True)
    visited.serve_to_the_end()
    assert visited.taken == [b"1", b"2"]


def test_half_a_request_is_not_taken(visited):
    visited.client.sendall(request(b"hello")[:-1])
    visited.hang_up(by_reset=False)
    visited.serve_to_the_end()
    assert visited.taken == []


def test_an_idle_visitor_holds_no_message(visited):
    visited.client.sendall(request())
    visited.serve()
    assert visited.visitor._message is None


@pytest.mark.parametrize("last", [request(Connection="close"), request().replace(b"1.1", b"1.0"), request(b"refuse")])
def test_after_the_last_answer_it_says_goodbye_and_soon_leaves(visited, last):
    stays_until = visited.visitor.leaves_at
    visited.client.sendall(last + request())
    visited.serve()
    assert Message(1 << 20, is_answer=True).feed(read_to_the_end(visited.client))
    assert len(visited.taken) <= 1
    assert visited.visitor.leaves_at < stays_until
    visited.hang_up(by_reset=False)
    visited.serve_to_the_end()


def read_to_the_end(client):
    found = b""
    while piece := client.recv(65_536):
        found += piece
    return found.replace(b"OK\r\n\r\n", b"OK\r\nContent-Length: 0\r\n\r\n")


def test_a_request_is_time_to_stay_but_a_piece_of_one_is_not(visited):
    first = visited.visitor.leaves_at
    visited.client.sendall(request()[:5])
    visited.serve()
    assert visited.visitor.leaves_at == first
    visited.client.sendall(request()[5:])
    visited.serve()
    assert visited.visitor.leaves_at > first
