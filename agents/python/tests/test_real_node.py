"""Against real Node.js processes on this machine."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import time
from contextlib import ExitStack

import pytest

from advisor_agent.collection import Collection, now
from advisor_agent.kernel import Kernel
from advisor_agent.log import Log
from advisor_agent.otlp import export
from advisor_agent.system import linux
from fakes.node import CLUSTER, IDLE, SERVER, node
from fakes.sink import attributes, values


@pytest.fixture
def collect():
    """What the agent would send of these processes now: `{pid: resource}`."""
    collection = Collection(linux(Kernel()), Log())

    def _collect():
        moment = now()
        found = json.loads(export(collection.collect(moment), moment))["resourceMetrics"]
        return {int(attributes(item).get("process.pid", 0)): item for item in found}

    return _collect


@pytest.fixture
def connect():
    """Open kept-alive connections to a port, each having been answered once."""
    with ExitStack() as stack:

        def _connect(port, count):
            for _ in range(count):
                client = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
                client.settimeout(60)
                client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                assert client.recv(1000).startswith(b"HTTP/1.1 200")

        yield _connect


def test_a_single_server(collect, connect, tmp_path):
    (tmp_path / "package.json").write_text('{"name": "@acme/shop", "version": "1.2.3"}')
    with node(tmp_path / "server.js", SERVER) as server:
        connect(server.port, 3)
        found = collect()[server.pid]
        started = time.time()
    who, figures = attributes(found), values(found)
    assert (who["service.name"], who["advisor.service.name.source"]) == ("@acme/shop", "package")
    assert (who["service.version"], who["advisor.cluster.role"]) == ("1.2.3", "single")
    assert who["process.command"] == str(tmp_path / "server.js")
    assert re.fullmatch(r"\d+\.\d+\.\d+", who["process.runtime.version"])
    assert figures["advisor.process.listening_port.count"] == [1]
    assert figures["advisor.process.connection.count"] == [3]
    assert 20e6 < figures["process.memory.usage"][0] < 500e6
    assert figures["process.thread.count"][0] >= 5
    assert figures["process.unix.file_descriptor.count"][0] >= 10
    assert figures["process.uptime"][0] < 120
    assert abs(_unix(who["process.creation.time"]) - started) < 60
    assert "s3cret" not in json.dumps(found)


def _unix(text):
    return time.mktime(time.strptime(text[:19], "%Y-%m-%dT%H:%M:%S")) - time.timezone


def test_a_cluster_of_two_workers(collect, connect, tmp_path):
    with node(tmp_path / "cluster.js", CLUSTER) as primary:
        connect(primary.port, 4)
        found = collect()
        workers = [item for item in found.values() if attributes(item).get("process.parent_pid") == str(primary.pid)]
    assert attributes(found[primary.pid])["advisor.cluster.role"] == "primary"
    assert [attributes(worker)["advisor.cluster.role"] for worker in workers] == ["worker", "worker"]
    assert {attributes(item)["service.name"] for item in [found[primary.pid], *workers]} == {"cluster"}
    assert [values(worker)["advisor.process.listening_port.count"] for worker in workers] == [[1], [1]]
    assert [values(worker)["advisor.process.connection.count"] for worker in workers] == [[2], [2]]
    assert values(found[primary.pid])["advisor.process.connection.count"] == [0]


def test_a_script_that_listens_on_nothing_and_is_named_by_its_environment(collect, tmp_path):
    environ = {"OTEL_RESOURCE_ATTRIBUTES": "service.name=nightly%20job,deployment.environment.name=test"}
    with node(tmp_path / "idle.js", IDLE, environ) as script:
        found = collect()[script.pid]
    who = attributes(found)
    assert (who["service.name"], who["advisor.service.name.source"]) == ("nightly job", "configured")
    assert who["deployment.environment.name"] == "test"
    assert values(found)["advisor.process.listening_port.count"] == [0]


def test_a_process_under_pm2(collect, tmp_path):
    title = "process.title = 'node ' + __filename;" + IDLE
    with node(tmp_path / "api.js", title, {"pm_id": "0", "name": "api"}) as script:
        who = attributes(collect()[script.pid])
    assert (who["service.name"], who["advisor.service.name.source"]) == ("api", "pm2")
    assert who["process.command"] == str(tmp_path / "api.js")


def test_busy_time_is_seen_as_cpu_time_of_the_main_thread(collect, tmp_path):
    busy = "console.log('ready'); while (process.cpuUsage().user < 5e5) {}; console.log('done');" + IDLE
    with node(tmp_path / "busy.js", busy) as script:
        collect()
        assert script.process.stdout.readline() == "done\n"
        figures = values(collect()[script.pid])
    main = figures["advisor.process.main_thread.cpu.time"][0]
    assert 0.1 < main <= sum(figures["process.cpu.time"]) + 0.02  # two kernel ticks of rounding


def test_options_before_the_script_are_not_taken_for_it(collect, tmp_path):
    (tmp_path / "hook.js").write_text("")
    before = ("--require", str(tmp_path / "hook.js"), "--no-warnings")
    with node(tmp_path / "server.js", SERVER, {}, *before) as server:
        assert attributes(collect()[server.pid])["process.command"] == str(tmp_path / "server.js")


def test_an_evaluated_program_shows_nothing_of_its_code(collect, tmp_path):
    code = "console.log('ready'); setInterval(() => 's3cret', 1000)"
    with node(tmp_path / "unused.js", "", {}, "-e", code) as program:
        found = collect()[program.pid]
    assert "process.command" not in attributes(found)
    assert "s3cret" not in json.dumps(found)


def test_another_program_that_is_called_node_is_not_sent(collect, tmp_path):
    shutil.copy(shutil.which("sleep") or "/bin/sleep", tmp_path / "node")
    false = subprocess.Popen([tmp_path / "node", "600"])
    try:
        assert false.pid not in collect()
    finally:
        false.kill()
        false.wait(60)
