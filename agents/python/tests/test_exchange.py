from __future__ import annotations

import socket

import pytest

from advisor_agent import exchange as module
from advisor_agent.address import parse_server
from advisor_agent.connection import ConnectionLost
from advisor_agent.exchange import exchange

REQUEST = b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}"


def test_the_answer_is_waited_for(sink):
    sink.body = b'{"a": 1}'
    answer = exchange(parse_server(sink.url), REQUEST)
    assert (answer.status, answer.body) == (200, b'{"a": 1}')
    assert sink.next().path == "/x"


def test_a_server_that_says_nothing_is_given_up(monkeypatch):
    monkeypatch.setattr(module, "_ANSWER_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        server = parse_server(f"http://127.0.0.1:{silent.getsockname()[1]}")
        with pytest.raises(ConnectionLost, match="no answer within"):
            exchange(server, REQUEST)


def test_nobody_there_is_said_at_once():
    with pytest.raises(ConnectionLost):
        exchange(parse_server("http://127.0.0.1:1"), REQUEST)
