from __future__ import annotations

import gzip
import json
import socket
from contextlib import suppress

import pytest

from fakes.receiving import BODY, JSON, PROTOBUF, Receiving, request
from fakes.running import until

BATCH_ID = "01a20707-3197-7693-b26b-37217305666a"


@pytest.fixture
def receiving(tmp_path):
    made = Receiving(tmp_path)
    yield made
    made.close()


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


@pytest.mark.parametrize(("content_type", "expected"), [(JSON, b"{}"), (PROTOBUF, b"")])
def test_logs_are_queued_for_their_own_path(receiving, content_type, expected):
    body = b'{"resourceLogs":[]}'
    assert receiving.post(body, path="/v1/logs", Content_Type=content_type) == (200, expected)
    receiving.post()
    first = receiving.spool.first()
    assert (first[1].signal, first[1].content_type, first[1].body) == ("logs", content_type, body)
    receiving.spool.remove(first[0])
    assert receiving.spool.first()[1].signal == "metrics"


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
        (404, {"path": "/v1/logs/"}),
        (405, {"method": "GET"}),
        (405, {"method": "GET", "path": "/v1/logs"}),
        (403, {"path": "/v1/logs", "Origin": "http://evil.example"}),
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
    (client,) = receiving.visitors(1)
    client.sendall(request(receiving.receiver.port)[:-5])
    client.close()
    receiving.until(lambda: not receiving.receiver._visitors)
    assert len(receiving.spool) == 0


def test_an_idle_visitor_is_sent_away(tmp_path, monkeypatch):
    monkeypatch.setattr("advisor_agent.visitor._IDLE_SECONDS", 0.1)
    receiving = Receiving(tmp_path)
    with receiving.connect() as client:
        receiving.until(lambda: len(receiving.receiver._visitors) == 1)
        receiving.until(lambda: not receiving.receiver._visitors)
        assert is_closed(client)
    receiving.close()


def is_closed(client):
    client.settimeout(30)
    return client.recv(1) == b""


def test_a_thousand_idle_visitors_may_each_post_again(receiving):
    clients = [receiving.connect() for _ in range(1000)]
    try:
        for count in (1000, 2000):
            for client in clients:
                client.sendall(request(receiving.receiver.port))
            receiving.until(lambda count=count: len(receiving.spool) == count)
    finally:
        for client in clients:
            client.close()
    receiving.until(lambda: not receiving.receiver._visitors)


def test_of_too_many_visitors_the_longest_silent_go(tmp_path, capsys):
    receiving = Receiving(tmp_path, most_visitors=3)
    first, *others = clients = receiving.visitors(3)
    first.sendall(request(receiving.receiver.port))
    receiving.until(lambda: len(receiving.spool) == 1)
    clients += [receiving.connect(), receiving.connect()]
    receiving.until(lambda: {client.fileno() for client in closed(clients)} == {client.fileno() for client in others})
    clients[-1].sendall(request(receiving.receiver.port))
    receiving.until(lambda: len(receiving.spool) == 2)
    assert capsys.readouterr().err.count("idle ones are closed") == 1
    receiving.close()
    for client in clients:
        client.close()


def closed(clients):
    """Those of the clients that were sent away."""
    found = []
    for client in clients:
        client.setblocking(False)
        with suppress(BlockingIOError):
            if client.recv(1, socket.MSG_PEEK) == b"":
                found.append(client)
    return found


def test_a_last_look_is_taken_before_a_visitor_is_sent_away(receiving):
    (client,) = receiving.visitors(1)
    client.sendall(request(receiving.receiver.port))
    client.close()
    receiving.receiver.close()
    assert len(receiving.spool) == 1


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
