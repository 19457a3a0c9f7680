from __future__ import annotations

import pytest

from advisor_agent.http import Message, ProtocolError

HEAD = b"POST /v1/metrics HTTP/1.1\r\nHost: localhost\r\n"
WITH_LENGTH = HEAD + b"Content-Length: 5\r\n\r\nhello"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\n\r\n"


@pytest.mark.parametrize("wire", [WITH_LENGTH, CHUNKED])
def test_a_message_in_pieces_of_any_size(wire):
    for size in (1, 2, 7, len(wire)):
        message = Message(100)
        pieces = [wire[start : start + size] for start in range(0, len(wire), size)]
        assert [message.feed(piece) for piece in pieces] == [False] * (len(pieces) - 1) + [True]
        assert (message.body, message.headers["host"]) == (b"hello", "localhost")


@pytest.mark.parametrize("wire", [WITH_LENGTH, CHUNKED])
def test_the_next_message_is_kept(wire):
    message = Message(100)
    assert message.feed(wire + b"POST")
    assert message.rest == b"POST"


def test_an_answer_without_a_length_lasts_to_the_end():
    message = Message(100, is_answer=True)
    assert not message.feed(b"HTTP/1.1 200 OK\r\n\r\nsome")
    assert message.end()
    assert (message.status, message.body) == (200, b"some")


def test_an_answer_that_breaks_off_is_not_complete():
    message = Message(100, is_answer=True)
    message.feed(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nsome")
    assert not message.end()


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_hints_before_an_answer_are_passed_over(size):
    message = Message(100, is_answer=True)
    wire = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nContent-Length: 9\r\n\r\n"
    wire += b"HTTP/1.1 503 No\r\nContent-Length: 2\r\n\r\n{}"
    for start in range(0, len(wire), size):
        message.feed(wire[start : start + size])
    assert (message.status, message.body, message.rest) == (503, b"{}", b"")
    assert message.headers == {"content-length": "2"}


def test_hints_alone_are_no_answer():
    message = Message(100, is_answer=True)
    assert not message.feed(b"HTTP/1.1 100 \r\n\r\n" * 4000)
    assert not message.end()


def test_no_content_has_no_body():
    assert Message(100, is_answer=True).feed(b"HTTP/1.1 204 No Content\r\n\r\n")


@pytest.mark.parametrize(
    ("wire", "status"),
    [
        (HEAD + b"Content-Length: 101\r\n\r\n", 413),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\nff\r\n", 413),
        (HEAD + b"X: " + b"x" * 20_000, 431),
        (HEAD + b"Content-Length: -1\r\n\r\n", 400),
        (HEAD + b"Content-Length: \xb2\r\n\r\n", 400),
        (HEAD + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n", 400),
        (HEAD + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        (HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n", 400),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n+5\r\nhello\r\n0\r\n\r\n", 400),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhelloXX0\r\n\r\n", 400),
        (HEAD + b"Host: second\r\n\r\n", 400),
        (HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n", 400),
        (HEAD + b" folded\r\n\r\n", 400),
        (b"garbage\r\nno colon\r\n\r\n", 400),
    ],
)
def test_what_cannot_be_a_message(wire, status):
    with pytest.raises(ProtocolError) as caught:
        Message(100).feed(wire)
    assert caught.value.status == status


@pytest.mark.parametrize("line", [b"SSH-2.0-OpenSSH", b"HTTP/1.1", b"HTTP/1.1 OK", b"HTTP/1.1 \xb2 OK"])
def test_an_answer_that_is_no_http(line):
    with pytest.raises(ProtocolError):
        Message(100, is_answer=True).feed(line + b"\r\n\r\n")
