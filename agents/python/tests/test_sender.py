from __future__ import annotations

import json
import socket
import time

import pytest

from advisor_agent.backoff import MOST_SECONDS, Backoff
from advisor_agent.batch import Batch
from advisor_agent.config import Config
from advisor_agent.sender import request
from fakes.sending import Sending
from fakes.sink import sink as running_sink


def _sent(sink):
    """Signal and id of every request so far, in their order."""
    found = [sink.next() for _ in range(sink.received.qsize())]
    return [(got.path.rpartition("/")[2], got.headers["advisor-batch-id"]) for got in found]


@pytest.fixture
def sending(sink, tmp_path):
    made = Sending(sink.url, tmp_path)
    yield made
    made.sender.close()
    made.selector.close()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_a_batch_with_its_headers(sending, sink):
    sending.add("b-1")
    sending.until_empty()
    got = sink.next()
    assert (got.path, got.body) == ("/v1/metrics", b'{"resourceMetrics":[]}')
    assert got.headers["authorization"] == "Bearer sah_abc"
    assert got.headers["advisor-batch-id"] == "b-1"
    assert "content-encoding" not in got.headers


def test_the_request_says_when_it_was_sent():
    config = Config({"ADVISOR_SERVER": "https://host/a", "ADVISOR_TOKEN": "t"})
    wire = request(config, Batch("b-1", "application/x-protobuf", "gzip", b"xyz"), 1234.5678)
    head, _, body = wire.partition(b"\r\n\r\n")
    assert body == b"xyz"
    lines = head.decode().split("\r\n")
    assert lines[0] == "POST /a/v1/metrics HTTP/1.1"
    assert {"Host: host:443", "Advisor-Sent-At: 1234.568", "Content-Encoding: gzip"} < set(lines)


def test_each_signal_has_its_path_behind_the_servers_own():
    config = Config({"ADVISOR_SERVER": "https://host/a/v1/metrics", "ADVISOR_TOKEN": "t"})
    wires = [request(config, Batch("b-1", "application/json", "", b"{}", signal), 0) for signal in ("metrics", "logs")]
    assert [wire.split(b" ")[1] for wire in wires] == [b"/a/v1/metrics", b"/a/v1/logs"]


def test_the_oldest_first_over_one_connection(sending, sink):
    sending.add("b-1", "b-2", "b-3")
    sending.until_empty()
    assert [sink.next().headers["advisor-batch-id"] for _ in range(3)] == ["b-1", "b-2", "b-3"]


def test_a_retry_keeps_the_id(sending, sink, capsys):
    sink.status = 503
    sending.add("b-1")
    sending.until(lambda: sink.received.qsize() >= 2)
    sink.status = 200
    sending.until_empty()
    ids = {sink.next().headers["advisor-batch-id"] for _ in range(sink.received.qsize())}
    assert ids == {"b-1"}
    said = capsys.readouterr().err
    assert said.count("does not take data (503)") == 1
    assert said.count("takes data again") == 1


def test_retry_after_is_obeyed(sending, sink):
    sink.status, sink.headers = 429, {"Retry-After": "600"}
    sending.add("b-1")
    sending.until(lambda: sending.sender.is_waiting)
    assert 550 < sending.sender.next_wake() - time.monotonic() <= 601


@pytest.mark.parametrize("status", [401, 403, 404, 302, 500])
def test_data_is_kept_until_it_is_put_right(sending, sink, status):
    sink.status = status
    sending.add("b-1")
    sending.until(lambda: sending.sender.is_waiting)
    assert len(sending.spool) == 1


def test_an_unknown_token_is_told_with_what_to_do(sending, sink, capsys):
    sink.status = 401
    sending.add("b-1")
    sending.until(lambda: sending.sender.is_waiting)
    assert "Put a valid host token into ADVISOR_TOKEN" in capsys.readouterr().err


@pytest.mark.parametrize("status", [400, 413])
def test_a_bad_batch_is_dropped_counted_and_the_next_one_goes(sending, sink, status, capsys):
    sink.status, sink.body = status, b'{"code":3,"message":"no time"}'
    sending.add("b-1", "b-2")
    sending.until_empty()
    assert sending.sender.refused_batches == 2
    assert capsys.readouterr().err.count(f"it is dropped. {status}: no time") == 1


def test_events_that_an_older_server_has_no_path_for_are_dropped_and_hold_nothing_up(sending, sink, capsys):
    sink.statuses = {"/v1/logs": 404}
    for number in range(3):
        sending.add(f"e-{number}", signal="logs")
        sending.add(f"m-{number}")
    sending.until_empty()
    sent = [
        ("logs", "e-0"),
        ("metrics", "m-0"),
        ("logs", "e-1"),
        ("metrics", "m-1"),
        ("logs", "e-2"),
        ("metrics", "m-2"),
    ]
    assert _sent(sink) == sent
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1
    assert "takes no events (404), and they are dropped" in said[0]


@pytest.mark.parametrize("status", [429, 503])
def test_events_that_must_wait_neither_lose_nor_overtake_metrics(sending, sink, status):
    sink.statuses, sink.headers = {"/v1/logs": status}, {"Retry-After": "1"}
    sending.add("m-0")
    sending.add("e-0", signal="logs")
    sending.add("m-1")
    sending.until(lambda: sending.sender.is_waiting)
    assert len(sending.spool) == 2
    sink.statuses, sink.headers = {}, {}
    sending.until_empty()
    assert _sent(sink) == [("metrics", "m-0"), ("logs", "e-0"), ("logs", "e-0"), ("metrics", "m-1")]


def test_points_that_were_left_out_are_told(sending, sink, capsys):
    body = {"partialSuccess": {"rejectedDataPoints": "4", "errorMessage": "too old"}}
    sink.body = json.dumps(body).encode()
    sending.add("b-1", "b-2")
    sending.until_empty()
    assert capsys.readouterr().err.count("left out 4 points: too old") == 1


def test_a_server_that_hangs_up_loses_nothing(sending, sink):
    sink.status = 0
    sending.add("b-1")
    sending.until(lambda: sending.sender.is_waiting)
    sink.status = 200
    sending.until_empty()


def test_a_kept_connection_that_the_server_closed_is_no_failure(sending, sink, capsys):
    sending.add("b-1")
    sending.until_empty()
    sink.status = 0  # closes the kept connection after the second request was written
    sending.add("b-2")
    sending.until(lambda: sink.received.qsize() >= 2)
    sink.status = 200
    sending.until_empty()
    ids = [sink.next().headers["advisor-batch-id"] for _ in range(sink.received.qsize())]
    assert ids[0] == "b-1"
    assert set(ids[1:]) == {"b-2"}


def test_a_server_that_comes_up_later_gets_everything(tmp_path, capsys):
    port = free_port()
    sending = Sending(f"http://localhost:{port}", tmp_path)
    sending.add("b-1", "b-2")
    sending.until(lambda: sending.sender.is_waiting)
    assert "Connection refused" in capsys.readouterr().err
    with running_sink(port) as sink:
        sending.until_empty()
        assert [sink.next().headers["advisor-batch-id"] for _ in range(2)] == ["b-1", "b-2"]
        sending.sender.close()


def test_a_refused_loopback_connection_is_tried_again_within_5_seconds(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(Backoff, "next", lambda self, most=MOST_SECONDS: asked.append(most) or 0.1)
    sending = Sending(f"http://127.0.0.1:{free_port()}", tmp_path)
    sending.add("b-1")
    sending.until(lambda: len(asked) >= 3)
    assert set(asked) == {5.0}


def test_what_answers_no_http_is_kept_for_later(tmp_path, capsys):
    with socket.create_server(("127.0.0.1", 0)) as server:
        sending = Sending(f"http://127.0.0.1:{server.getsockname()[1]}", tmp_path)
        sending.add("b-1")
        sending.until(lambda: sending.sender.next_wake() is not None and bool(sending.selector.get_map()))
        accepted, _ = server.accept()
        accepted.sendall(b"SSH-2.0-OpenSSH_9\r\n\r\n")
        sending.until(lambda: sending.sender.is_waiting)
        accepted.close()
    assert "no HTTP" in capsys.readouterr().err
    assert len(sending.spool) == 1


def test_a_server_that_never_answers_is_given_up(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("advisor_agent.sender._ANSWER_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as server:
        sending = Sending(f"http://127.0.0.1:{server.getsockname()[1]}", tmp_path)
        sending.add("b-1")
        sending.until(lambda: sending.sender.is_waiting)
        assert not sending.selector.get_map(), "a dead socket's number may be given to a visitor"
    assert "no answer within" in capsys.readouterr().err
    assert len(sending.spool) == 1


def test_a_name_that_does_not_resolve_is_told(tmp_path, capsys, monkeypatch):
    def unknown(*arguments, **options):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    sending = Sending("http://advisor.example", tmp_path)
    sending.add("b-1")
    sending.until(lambda: sending.sender.is_waiting)
    assert "Name or service not known" in capsys.readouterr().err
