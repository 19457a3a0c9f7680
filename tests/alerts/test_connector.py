"""One POST, one deadline, and nothing that a receiver can do about either."""

from __future__ import annotations

import os
import socket
import ssl
import time

import pytest

from advisor.alerts import connector
from advisor.alerts.target import BadTarget, networks, parse
from tests.alerts.receivers import CERTIFICATE, answering, flooding, receiving, saying, silent

LOOPBACK = networks(["127.0.0.0/8"])


def post(port: int, scheme: str = "http", host: str = "127.0.0.1") -> int:
    return connector.post(parse(f"{scheme}://{host}:{port}/in?a=b"), {"X-One": "1"}, b"body", LOOPBACK)


def test_it_sends_one_plain_request() -> None:
    with receiving(answering("204 No Content")) as receiver:
        assert post(receiver.port) == 204
    head, _, body = receiver.requests[0].partition(b"\r\n\r\n")
    assert body == b"body"
    assert head.split(b"\r\n") == [
        b"POST /in?a=b HTTP/1.1",
        b"X-One: 1",
        f"Host: 127.0.0.1:{receiver.port}".encode(),
        b"Content-Length: 4",
        b"Accept-Encoding: identity",
        b"Connection: close",
    ]


def test_a_redirect_is_only_a_status() -> None:
    with (
        receiving(answering("200 OK")) as inside,
        receiving(answering("302 Found", f"Location: http://127.0.0.1:{inside.port}/\r\n")) as receiver,
    ):
        assert post(receiver.port) == 302
    assert len(receiver.requests) == 1
    assert inside.requests == []


def test_proxies_of_the_environment_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving(answering("200 OK")) as proxy, receiving(answering("201 Created")) as receiver:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        assert post(receiver.port) == 201
    assert proxy.requests == []


def test_interim_answers_are_passed_over() -> None:
    with receiving(saying(b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 2", b"02 OK\r\n\r\n")) as receiver:
        assert post(receiver.port) == 202


def test_nothing_is_sent_to_an_address_inside() -> None:
    with receiving(answering("200 OK")) as receiver, pytest.raises(BadTarget, match="not public"):
        connector.post(parse(f"https://localhost:{receiver.port}/"), {}, b"", [])
    assert receiver.requests == []


@pytest.mark.parametrize("bytes_sent", [b"SSH-2.0-server\r\n\r\n", b"HTTP/2 200\r\n\r\n", b"HTTP/1.1 999 No\r\n\r\n"])
def test_an_answer_must_be_http(bytes_sent: bytes) -> None:
    with receiving(saying(bytes_sent)) as receiver, pytest.raises(ValueError, match="not HTTP"):
        post(receiver.port)


def test_an_endless_head_is_cut_off() -> None:
    with receiving(flooding) as receiver, pytest.raises(ValueError, match="too long"):
        post(receiver.port)


def test_a_closed_connection_is_named() -> None:
    with receiving(saying()) as receiver, pytest.raises(OSError, match=r"closed|reset"):
        post(receiver.port)


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(ConnectionRefusedError):
        post(port)


def test_silence_ends_at_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connector, "TOTAL_SECONDS", 0.3)
    started = time.monotonic()
    with receiving(silent) as receiver, pytest.raises(TimeoutError):
        post(receiver.port)
    assert time.monotonic() - started >= 0.3


def test_drops_do_not_move_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connector, "TOTAL_SECONDS", 0.5)

    def drip(connection: socket.socket) -> None:
        connection.settimeout(0.05)
        while True:
            connection.sendall(b"H")
            try:
                connection.recv(1)
                return
            except TimeoutError:
                continue

    with receiving(drip) as receiver, pytest.raises(TimeoutError):
        post(receiver.port)


def test_a_deadline_in_the_past_leaves_nothing() -> None:
    with pytest.raises(TimeoutError, match="no answer within 15 s"):
        connector.Deadline(time.monotonic() - 1).left()


def test_the_certificate_must_be_trusted() -> None:
    with receiving(answering("200 OK"), tls=True) as receiver, pytest.raises(ssl.SSLCertVerificationError):
        post(receiver.port, "https", "localhost")
    assert receiver.requests == []


def test_the_certificate_must_be_for_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "SSL_CERT_FILE", str(CERTIFICATE))
    with receiving(answering("200 OK"), tls=True) as receiver:
        assert post(receiver.port, "https", "localhost") == 200
        with pytest.raises(ssl.SSLCertVerificationError, match="IP address mismatch"):
            post(receiver.port, "https", "127.0.0.1")
    assert f"Host: localhost:{receiver.port}".encode() in receiver.requests[0]
