from __future__ import annotations

import socket
import ssl
import subprocess
import threading

import pytest

from advisor_agent.dsn import REDIS, Dsn
from advisor_agent.resp import Resp, RespError


@pytest.fixture
def server():
    """Starts a server that gives one answer to whoever comes, in pieces; `heard` is what it was asked."""
    heard = []
    listeners = []

    def serve(*pieces, wrap=lambda connection: connection, host="127.0.0.1", scheme="redis", query=""):
        listener = socket.create_server((host, 0))
        listeners.append(listener)

        def answer():
            connection, _ = listener.accept()
            try:
                with wrap(connection) as open_one:
                    heard.append(open_one.recv(1 << 16))
                    for piece in pieces:
                        open_one.sendall(piece)
            except OSError:
                connection.close()  # the client refused us

        threading.Thread(target=answer, daemon=True).start()
        return Dsn(f"{scheme}://{host}:{listener.getsockname()[1]}{query}", REDIS)

    serve.heard = heard
    yield serve
    for listener in listeners:
        listener.close()


def asked(dsn, *words):
    connection = Resp(dsn, 5.0)
    try:
        return connection.ask(*words)
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("pieces", "answer"),
    [
        ([b"+OK\r\n"], "OK"),
        ([b":12\r", b"\n"], "12"),
        ([b"$5\r\nhe", b"llo", b"\r\n"], "hello"),
        ([b"$0\r\n\r\n"], ""),
        ([b"$-1\r\n"], ""),
    ],
)
def test_an_answer_in_whatever_pieces_it_comes(server, pieces, answer):
    assert asked(server(*pieces), "SLOWLOG", "LEN") == answer
    assert server.heard == [b"*2\r\n$7\r\nSLOWLOG\r\n$3\r\nLEN\r\n"]


@pytest.mark.parametrize(
    ("piece", "words"),
    [
        (b"-NOAUTH Authentication required.\r\n", "NOAUTH Authentication required."),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "does not speak the protocol"),
        (b"$99999999999\r\n", "does not speak the protocol"),
        (b"$x\r\n", "does not speak the protocol"),
        (b"x" * (1 << 21), "does not speak the protocol"),
    ],
)
def test_what_is_no_answer(server, piece, words):
    with pytest.raises(RespError, match=words):
        asked(server(piece), "INFO")


def test_a_server_that_hangs_up(server):
    with pytest.raises(ConnectionResetError, match="it hung up"):
        asked(server(), "INFO")


def test_a_server_that_never_answers():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        connection = Resp(Dsn(f"redis://127.0.0.1:{listener.getsockname()[1]}", REDIS), 0.1)
        with pytest.raises(TimeoutError):
            connection.ask("PING")
        connection.close()


@pytest.fixture
def certificate(tmp_path):
    """A certificate of localhost that only its own authority vouches for."""
    name, key = tmp_path / "localhost.pem", tmp_path / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", name],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(name, key)
    return name, lambda connection: context.wrap_socket(connection, server_side=True)


def test_tls_with_an_authority_of_ones_own(server, certificate):
    file, wrap = certificate
    dsn = server(b"+PONG\r\n", wrap=wrap, host="localhost", scheme="rediss", query=f"?ssl_ca_certs={file}")
    assert asked(dsn, "PING") == "PONG"


def test_a_certificate_that_nobody_vouches_for_is_refused(server, certificate):
    _, wrap = certificate
    with pytest.raises(ssl.SSLCertVerificationError):
        asked(server(b"+PONG\r\n", wrap=wrap, host="localhost", scheme="rediss"), "PING")
    assert server.heard == []
