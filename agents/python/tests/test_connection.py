from __future__ import annotations

import selectors
import socket
import ssl
import subprocess
import threading

import pytest

from advisor_agent.address import parse_server
from advisor_agent.connection import Connection, ConnectionLost

REQUEST = b"POST /v1/metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
LENGTH = len(REQUEST)
TIMEOUT = 30.0


def answer_of(connection, request=REQUEST):
    connection.start(request)
    answer = None
    while answer is None:
        with selectors.DefaultSelector() as selector:
            selector.register(connection.socket, connection.events)
            assert selector.select(TIMEOUT), "nothing happened"
        answer = connection.advance()
    return answer


@pytest.fixture
def serving():
    """Serve connections one after another with the given functions; the server's URL."""
    threads = []

    def _serving(*handlers, scheme="http", host="127.0.0.1"):
        server = socket.create_server(("127.0.0.1", 0))

        def serve():
            with server:
                for handler in handlers:
                    accepted, _ = server.accept()
                    handler(accepted)

        threads.append(threading.Thread(target=serve, daemon=True))
        threads[-1].start()
        return f"{scheme}://{host}:{server.getsockname()[1]}"

    yield _serving
    for thread in threads:
        thread.join(TIMEOUT)


def read_whole(accepted, length=LENGTH):
    got = b""
    while len(got) < length:
        piece = accepted.recv(65_536)
        if not piece:
            break
        got += piece
    return got


def answers_twice(accepted):
    with accepted:
        for _ in range(2):
            read_whole(accepted)
            accepted.sendall(ANSWER)


def hangs_up(accepted):
    with accepted:
        read_whole(accepted)


def test_one_connection_serves_many_requests(serving):
    connection = Connection(parse_server(serving(answers_twice)))
    assert [answer_of(connection).status for _ in range(2)] == [200, 200]
    connection.close()


def test_a_large_request_goes_out_in_pieces(serving):
    body = b"x" * 8_000_000
    received = []

    def swallows(accepted):
        with accepted:
            received.append(len(read_whole(accepted, len(body))))
            accepted.sendall(ANSWER)

    connection = Connection(parse_server(serving(swallows)))
    assert answer_of(connection, body).body == b"{}"
    assert received == [len(body)]
    connection.close()


def test_localhost_is_found_where_only_the_old_family_listens(serving):
    connection = Connection(parse_server(serving(answers_twice, host="localhost")))
    assert [answer_of(connection).status for _ in range(2)] == [200, 200]
    connection.close()


def test_a_server_that_asks_to_close_gets_a_new_connection(serving):
    def closes(accepted):
        with accepted:
            read_whole(accepted)
            accepted.sendall(ANSWER.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))

    connection = Connection(parse_server(serving(closes, closes)))
    assert [answer_of(connection).status for _ in range(2)] == [200, 200]


def test_hanging_up_on_a_new_connection_is_a_loss(serving):
    with pytest.raises(ConnectionLost, match="without an answer") as caught:
        answer_of(Connection(parse_server(serving(hangs_up))))
    assert not caught.value.was_idle


def test_hanging_up_on_a_kept_connection_is_told_apart(serving):
    def answers_once(accepted):
        with accepted:
            read_whole(accepted)
            accepted.sendall(ANSWER)
            read_whole(accepted)

    connection = Connection(parse_server(serving(answers_once)))
    answer_of(connection)
    with pytest.raises(ConnectionLost) as caught:
        answer_of(connection)
    assert caught.value.was_idle


def test_an_answer_that_nobody_asked_for_is_not_taken_for_the_next(serving):
    stray = ANSWER.replace(b"{}", b"[]")
    said_too_much = threading.Event()

    def answers_too_much(accepted):
        read_whole(accepted)
        accepted.sendall(ANSWER)
        accepted.sendall(stray)
        said_too_much.set()

    connection = Connection(parse_server(serving(answers_too_much, answers_twice)))
    assert answer_of(connection).body == b"{}"
    assert said_too_much.wait(TIMEOUT)
    assert answer_of(connection).body == b"{}"
    connection.close()


def test_a_stray_answer_right_behind_the_first_is_not_taken_for_the_next(serving):
    def answers_too_much(accepted):
        read_whole(accepted)
        accepted.sendall(ANSWER + ANSWER.replace(b"{}", b"[]"))

    connection = Connection(parse_server(serving(answers_too_much, answers_twice)))
    assert [answer_of(connection).body for _ in range(2)] == [b"{}", b"{}"]
    connection.close()


def test_a_refused_connection_is_told_apart():
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
    with pytest.raises(ConnectionLost, match="Connection refused") as caught:
        answer_of(Connection(parse_server(url)))
    assert caught.value.refused


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A self-signed certificate for localhost, as (certificate file, key file)."""
    folder = tmp_path_factory.mktemp("tls")
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    files = ["-keyout", folder / "key.pem", "-out", folder / "cert.pem"]
    kind = ["-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    subprocess.run(["openssl", "req", *kind, *names, *files], check=True, capture_output=True, timeout=60)
    return folder / "cert.pem", folder / "key.pem"


@pytest.fixture
def secure(serving, certificate):
    """The URL of a TLS server that takes two connections, and answers twice on each."""

    def wrapped(accepted):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        with accepted:
            try:
                secured = context.wrap_socket(accepted, server_side=True)
            except ssl.SSLError:
                return  # the client did not trust us
            answers_twice(secured)

    return serving(wrapped, wrapped, scheme="https", host="localhost")


@pytest.fixture
def authorities_read(monkeypatch):
    """How often the authorities were read: one entry each time."""
    create, times = ssl.create_default_context, []
    monkeypatch.setattr(ssl, "create_default_context", lambda: (times.append(1), create())[1])
    return times


def test_tls_with_a_certificate_that_is_trusted(secure, certificate, monkeypatch, authorities_read):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    connection = Connection(parse_server(secure))
    for _ in range(2):
        assert [answer_of(connection).status for _ in range(2)] == [200, 200]
        connection.close()
    assert len(authorities_read) == 1


def test_tls_with_an_unknown_certificate_sends_nothing_until_it_is_known(secure, certificate, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    connection = Connection(parse_server(secure))
    with pytest.raises(ConnectionLost, match=r"self.signed certificate"):
        answer_of(connection)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    assert [answer_of(connection).status for _ in range(2)] == [200, 200]
    connection.close()
