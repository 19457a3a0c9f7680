from __future__ import annotations

import gzip
import json
import os
import resource
import signal
import socket
import time
import urllib.request
from contextlib import ExitStack

import pytest

from advisor_agent.loop import _next
from fakes.agent import running, stopped
from fakes.node import node
from fakes.sink import METRICS, attributes, values
from fakes.sink import sink as running_sink


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def ids(sink, count):
    return [sink.next().headers["advisor-batch-id"] for _ in range(count)]


def test_it_reports_this_host_again_and_again(sink, tmp_path):
    with running(sink.url, tmp_path):
        first, second, third = (sink.next(METRICS) for _ in range(3))
    assert len({got.headers["advisor-batch-id"] for got in (first, second, third)}) == 3
    assert attributes(second.resources[0])["host.name"] == socket.gethostname()
    assert abs(float(second.headers["advisor-sent-at"]) - time.time()) < 60
    (metric,) = (m for m in second.resources[0]["scopeMetrics"][0]["metrics"] if m["name"] == "system.cpu.time")
    before = {point["timeUnixNano"] for point in _points(first)}
    assert {point["startTimeUnixNano"] for point in metric["sum"]["dataPoints"]} == before


def _points(got):
    metrics = got.resources[0]["scopeMetrics"][0]["metrics"]
    return [point for metric in metrics for point in (metric.get("sum") or metric["gauge"])["dataPoints"]]


COUNTED = """
let count = 0
const page = () => `http_request_duration_seconds_sum{route="/a"} ${++count}
http_request_duration_seconds_count{route="/a"} ${count}
nodejs_external_memory_bytes 77`
const server = require('http').createServer((request, response) => response.end(page()))
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
"""


def test_pages_of_services_come_with_what_is_seen_from_outside(sink, tmp_path):
    with node(tmp_path / "service.js", COUNTED) as service:
        url = f"http://127.0.0.1:{service.port}/metrics"
        with running(sink.url, tmp_path, ADVISOR_SCRAPE=url):
            found = {}
            while not any(found.get("http.server.request.duration", [])):
                resource = sink.next_with("process.pid", str(service.pid))
                found = values(resource)
    assert found["http.server.request.duration"] == [1]
    assert found["advisor.v8js.memory.external"] == [77]
    assert found["process.memory.usage"], "one snapshot holds both"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_leaves_when_asked(sink, tmp_path, number):
    with running(sink.url, tmp_path) as agent:
        sink.next()
        assert stopped(agent, number) == ""
    assert agent.returncode == 0


def test_a_server_that_never_answers_does_not_hold_it_back(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with running(url, tmp_path) as agent, silent.accept()[0] as accepted:
            assert accepted.recv(4)  # a request is under way
            said = stopped(agent)
    assert agent.returncode == 0
    assert "no answer within" not in said  # it did not wait for its 30 s
    assert "wait on disk for the next start" in said


def test_what_a_dead_server_could_not_take_is_sent_after_a_restart_with_the_same_ids(tmp_path):
    port = free_port()
    with running(f"http://127.0.0.1:{port}", tmp_path) as agent:
        assert "does not take data (Connection refused)" in agent.stderr.readline()
        assert "wait on disk for the next start" in stopped(agent)
    waiting = [file.read_bytes().split(b" ")[0].decode() for file in sorted((tmp_path / "queue").iterdir())]
    assert waiting
    with running_sink(port) as sink, running(sink.url, tmp_path):
        assert ids(sink, len(waiting)) == waiting


def test_kill_9_loses_nothing_that_was_queued(tmp_path):
    with running_sink() as sink:
        sink.status = 503
        sink.headers = {"Retry-After": "60"}
        with running(sink.url, tmp_path) as agent:
            refused = sink.next().headers["advisor-batch-id"]
            agent.send_signal(signal.SIGKILL)
            agent.wait(60)
        sink.status = 200
        with running(sink.url, tmp_path):
            assert sink.next().headers["advisor-batch-id"] == refused


def test_a_probe_is_heard_and_passed_on_with_the_hosts_token(sink, tmp_path):
    port = free_port()
    with running(sink.url, tmp_path, ADVISOR_LISTEN=f"127.0.0.1:{port}"):
        sink.next()
        body = json.dumps({"resourceMetrics": [{"resource": {"attributes": []}, "mark": "probe"}]}).encode()
        headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
        request = urllib.request.Request(f"http://127.0.0.1:{port}/v1/metrics", gzip.compress(body), headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            assert (answer.status, answer.read()) == (200, b"{}")
        while (got := sink.next()).body != body:
            pass
    assert got.headers["authorization"] == "Bearer sah_test"
    assert got.raw == request.data


def test_where_descriptors_run_out_newcomers_take_the_place_of_the_longest_silent(sink, tmp_path):
    port = free_port()
    head = f"POST /v1/logs HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Type: application/json\r\n"
    wire = f"{head}Content-Length: 16\r\n\r\n{{'resourceLogs'}}".encode()
    with running(sink.url, tmp_path, ADVISOR_LISTEN=f"127.0.0.1:{port}") as agent, ExitStack() as stack:
        sink.next()
        most = len(os.listdir(f"/proc/{agent.pid}/fd")) + 8
        resource.prlimit(agent.pid, resource.RLIMIT_NOFILE, (most, most))
        for _ in range(50):
            client = stack.enter_context(socket.create_connection(("127.0.0.1", port), 60))
            client.sendall(wire)
            assert client.recv(1000).startswith(b"HTTP/1.1 200")
        said = stopped(agent)
    assert said.count("idle ones are closed") == 1


def test_a_taken_receiver_port_is_one_sentence_and_the_rest_goes_on(sink, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        listen = f"127.0.0.1:{other.getsockname()[1]}"
        with running(sink.url, tmp_path, ADVISOR_LISTEN=listen) as agent:
            ids(sink, 2)
            said = stopped(agent)
    assert said.count(f"Probes cannot report: {listen} is not free") == 1


def test_an_unwritable_state_directory_is_one_sentence_and_the_rest_goes_on(sink, tmp_path):
    (tmp_path / "file").write_text("")
    with running(sink.url, tmp_path / "file") as agent:
        ids(sink, 2)
        said = stopped(agent)
    assert said.count("waits in memory only") == 1


def test_a_second_agent_on_the_same_directory_says_so(sink, tmp_path):
    with running(sink.url, tmp_path):
        sink.next()
        with running(sink.url, tmp_path) as second:
            said = second.communicate(timeout=60)[1]
    assert second.returncode == 2
    assert "Another advisor-agent uses" in said


def test_it_stays_small(sink, tmp_path):
    """The promise is 14 MiB; this catches an import that costs megabytes, on any Python build."""
    with running(sink.url, tmp_path) as agent:
        ids(sink, 3)
        with open(f"/proc/{agent.pid}/status") as file:
            resident = next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))
    assert resident < 18 * 1024


@pytest.mark.parametrize(
    ("planned", "now", "expected"),
    [(100.0, 100.0, 110.0), (100.0, 104.0, 110.0), (100.0, 135.0, 140.0)],
)
def test_ticks_stay_on_their_grid_and_missed_ones_are_not_made_up_for(planned, now, expected):
    assert _next(planned, 10.0, now) == expected
