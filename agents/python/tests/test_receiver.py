from __future__ import annotations

import gzip
import json
import selectors
import socket

import pytest

from advisor_agent.config import Address
from advisor_agent.http import Message
from advisor_agent.log import Log
from advisor_agent.receiver import Receiver
from advisor_agent.spool import Spool
from fakes.running import until

JSON = "application/json"
PROTOBUF = "application/x-protobuf"
BODY = b'{"resourceMetrics":[]}'
BATCH_ID = "01a20707-3197-7693-b26b-37217305666a"


class Receiving:
    """A receiver on its own, with clients on plain sockets."""

    def __init__(self, folder, port=0):
        self.selector = selectors.DefaultSelector()
        self.spool = Spool(str(folder), Log())
        self.receiver = Receiver(Address("127.0.0.1", port), self.spool, self.selector, Log())
        self.receiver.work()

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.receiver.port))

    def answers(self, client, count=1):
        """The next answers on a connection, while the receiver works."""
        client.setblocking(False)
        found, pending = [], [b""]

        def arrived():
            try:
                pending[0] += client.recv(65_536)
            except BlockingIOError:
                return False
            while pending[0] and len(found) < count:
                message = Message(1 << 20, is_answer=True)
                if not message.feed(pending[0]):
                    break
                found.append(message)
                pending[0] = message.rest
            return len(found) >= count

        self.selector.register(client, selectors.EVENT_READ, lambda events: None)
        until(arrived, self.selector, self.receiver)
        self.selector.unregister(client)
        return found

    def post(self, body=BODY, method="POST", path="/v1/metrics", **headers):
        """One request on a connection of its own; the answer's status and body."""
        with self.connect() as client:
            client.sendall(request(self.receiver.port, body, method, path, **headers))
            (answer,) = self.answers(client)
            return answer.status, answer.body


def request(port, body=BODY, method="POST", path="/v1/metrics", **headers):
    """The bytes of a request. Underscores in header names become hyphens; None leaves a header out."""
    fields = {"Host": f"127.0.0.1:{port}", "Content-Type": JSON, "Content-Length": str(len(body))}
    fields.update({name.replace("_", "-"): value for name, value in headers.items()})
    lines = [f"{name}: {value}" for name, value in fields.items() if value is not None]
    return "\r\n".join([f"{method} {path} HTTP/1.1", *lines, "", ""]).encode() + body


@pytest.fixture
def receiving(tmp_path):
    made = Receiving(tmp_path)
    yield made
    made.receiver.close()
    made.selector.close()


@pytest.mark.parametrize(
    ("body", "headers", "expected"),
    [
        (BODY, {}, b"{}"),
        (gzip.compress(BODY), {"Content_Encoding": "gzip"}, b"{}"),
        (b"\x0a\x00", {"Content_Type": PROTOBUF}, b""),
        (gzip.compress(b"\x0a\x00"), {"Content_Type": PROTOBUF, "Content_Encoding": "gzip"}, b""),
        (BODY, {"Content_Type": "application/json; charset=utf-8"}, b"{}"),
        (BODY, {"Host": "localhost:4318"}, b"{}"),
        (BODY, {"Host": "[::1]"}, b"{}"),
    ],
)
def test_what_is_taken_is_queued_unchanged(receiving, body, headers, expected):
    assert receiving.post(body, **headers) == (200, expected)
    batch = receiving.spool.first()[1]
    assert batch.body == body
    assert batch.content_type == headers.get("Content_Type", JSON).partition(";")[0]
    assert batch.encoding == headers.get("Content_Encoding", "")


@pytest.mark.parametrize(
    ("status", "changes"),
    [
        (403, {"Origin": "http://evil.example"}),
        (403, {"Origin": "null"}),
        (403, {"Host": "evil.example"}),
        (403, {"Host": "evil.example:4318"}),
        (403, {"Host": "127.0.0.1.evil.example"}),
        (403, {"Host": None}),
        (404, {"path": "/"}),
        (404, {"path": "/v1/traces"}),
        (405, {"method": "GET"}),
        (405, {"method": "OPTIONS"}),
        (415, {"Content_Type": "text/plain"}),
        (415, {"Content_Type": None}),
        (415, {"Content_Type": "application/x-www-form-urlencoded"}),
        (415, {"Content_Encoding": "br"}),
        (400, {"body": b""}),
        (400, {"body": b"[]"}),
        (400, {"Content_Encoding": "gzip"}),
        (400, {"Content_Length": "x"}),
        (413, {"Content_Length": "1048577"}),
    ],
)
def test_what_is_refused_is_not_queued(receiving, status, changes):
    got, body = receiving.post(**changes)
    assert got == status
    assert json.loads(body)["message"]
    assert len(receiving.spool) == 0


def test_a_body_of_1_mib_and_not_a_byte_more(receiving):
    body = BODY + b" " * ((1 << 20) - len(BODY))
    assert receiving.post(body)[0] == 200
    assert receiving.post(body + b" ")[0] == 413


def test_a_chunked_body_as_node_sends_it(receiving):
    chunks = b"%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY)
    head = request(receiving.receiver.port, b"", Content_Length=None, Transfer_Encoding="chunked")
    with receiving.connect() as client:
        client.sendall(head + chunks)
        assert receiving.answers(client)[0].status == 200
    assert receiving.spool.first()[1].body == BODY


def test_one_connection_may_post_again_even_at_once(receiving):
    wire = request(receiving.receiver.port)
    with receiving.connect() as client:
        client.sendall(wire + wire)
        assert [answer.status for answer in receiving.answers(client, 2)] == [200, 200]
        client.sendall(wire)
        assert receiving.answers(client)[0].status == 200
    assert len(receiving.spool) == 3


def test_a_probes_batch_id_is_kept_and_another_is_made_up(receiving):
    receiving.post(Advisor_Batch_Id=BATCH_ID)
    receiving.post(Advisor_Batch_Id="not an id")
    ids = []
    while waiting := receiving.spool.first():
        ids.append(waiting[1].id)
        receiving.spool.remove(waiting[0])
    assert ids[0] == BATCH_ID
    assert len(ids[1]) == 36


def test_a_refusal_in_protobuf_for_a_protobuf_client(receiving):
    status, body = receiving.post(b"\x0a\x00", Content_Type=PROTOBUF, Origin="http://evil.example")
    assert (status, body[:2]) == (403, b"\x08\x07")


def test_the_answer_to_a_refused_upload_arrives_although_more_was_sent(receiving):
    with receiving.connect() as client:
        client.sendall(request(receiving.receiver.port, b"x" * 100_000, Content_Type="text/plain"))
        assert receiving.answers(client)[0].status == 415


def test_garbage_hurts_nobody(receiving):
    with receiving.connect() as client:
        client.sendall(b"\x16\x03\x01garbage\r\n\r\n")
        assert receiving.answers(client)[0].status == 400
    assert receiving.post()[0] == 200


def test_a_visitor_who_hangs_up_midway_is_let_go(receiving):
    client = receiving.connect()
    client.sendall(request(receiving.receiver.port)[:-5])
    until(lambda: len(receiving.receiver._visitors) == 1, receiving.selector, receiving.receiver)
    client.close()
    until(lambda: not receiving.receiver._visitors, receiving.selector, receiving.receiver)
    assert len(receiving.spool) == 0


def test_an_idle_visitor_is_sent_away(tmp_path, monkeypatch):
    monkeypatch.setattr("advisor_agent.receiver._IDLE_SECONDS", 0.1)
    receiving = Receiving(tmp_path)
    with receiving.connect() as client:
        until(lambda: len(receiving.receiver._visitors) == 1, receiving.selector, receiving.receiver)
        until(lambda: not receiving.receiver._visitors, receiving.selector, receiving.receiver)
        client.settimeout(30)
        assert client.recv(1) == b""
    receiving.receiver.close()


def test_a_taken_port_is_told_once_and_had_when_it_is_free(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("advisor_agent.receiver._RETRY_LISTEN_SECONDS", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        receiving = Receiving(tmp_path, port)
        assert receiving.receiver.port == 0
        assert receiving.receiver.next_wake() is not None
    until(lambda: receiving.receiver.port == port, receiving.selector, receiving.receiver)
    assert receiving.post()[0] == 200
    receiving.receiver.close()
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 2
    assert f"Probes cannot report: 127.0.0.1:{port} is not free" in said[0]
    assert "can report" in said[1]
