"""The agent at work through psutil, as a process of its own."""

from __future__ import annotations

import gzip
import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest

from fakes import bare
from fakes.agent import TIMEOUT, environment, stopped
from fakes.sink import attributes, values

THROUGH_PSUTIL = """
import os, psutil
from advisor_agent.config import Config
from advisor_agent.log import Log
from advisor_agent.loop import Loop
from advisor_agent.portable.system import through
Loop(Config(os.environ), through(psutil), Log()).run()
"""
AS_IF_ON_WINDOWS = (str(Path(bare.__file__)), "run")


@contextmanager
def at_work(words, url, folder, **settings):
    environ = environment(url, folder, **settings)
    environ["PYTHONPATH"] = os.pathsep.join([environ["PYTHONPATH"], *filter(None, sys.path)])
    agent = subprocess.Popen([sys.executable, *words], env=environ, stderr=subprocess.PIPE, text=True)
    try:
        yield agent
    finally:
        agent.kill()
        agent.wait(TIMEOUT)
        agent.stderr.close()


@pytest.mark.parametrize("words", [("-c", THROUGH_PSUTIL), AS_IF_ON_WINDOWS], ids=["psutil", "bare"])
def test_it_reports_again_and_again_and_leaves_when_asked(sink, tmp_path, words):
    with at_work(words, sink.url, tmp_path) as agent:
        first, second = sink.next(), sink.next()
        assert stopped(agent, signal.SIGINT) == ""
    assert agent.returncode == 0
    assert "system.cpu.time" not in values(first.resources[0])
    assert sum(values(second.resources[0])["system.cpu.time"]) > 0
    assert attributes(second.resources[0])["host.name"] == socket.gethostname()


def test_a_bare_python_keeps_batches_over_a_restart_and_hears_probes(sink, tmp_path):
    sink.status, sink.headers = 503, {"Retry-After": "1"}
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with at_work(AS_IF_ON_WINDOWS, sink.url, tmp_path, ADVISOR_LISTEN=f"127.0.0.1:{port}") as agent:
        refused = sink.next().headers["advisor-batch-id"]
        body = json.dumps({"resourceMetrics": [{"resource": {"attributes": []}, "mark": "probe"}]}).encode()
        headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
        request = urllib.request.Request(f"http://127.0.0.1:{port}/v1/metrics", gzip.compress(body), headers)
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
            assert answer.status == 200
        agent.kill()
        agent.wait(TIMEOUT)
    sink.status, sink.headers = 200, {}
    with at_work(AS_IF_ON_WINDOWS, sink.url, tmp_path):
        taken = sink.next()
        while taken.headers["advisor-batch-id"] != refused:
            taken = sink.next()
        while taken.body != body:
            taken = sink.next()


def test_a_server_that_is_not_there_is_told_in_words(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with at_work(AS_IF_ON_WINDOWS, f"http://127.0.0.1:{port}", tmp_path) as agent:
        assert "does not take data (ECONNREFUSED)" in agent.stderr.readline()


def test_enrolled_on_a_bare_python(sink, tmp_path):
    sink.body = b'{"token": "sah_abc"}'
    environ = {**environment(sink.url, tmp_path), "PROGRAMDATA": str(tmp_path)}
    environ["PYTHONPATH"] = os.pathsep.join([environ["PYTHONPATH"], *filter(None, sys.path)])
    for name in ("ADVISOR_TOKEN", "ADVISOR_SERVER"):
        del environ[name]
    words = [sys.executable, AS_IF_ON_WINDOWS[0], "enroll", "--server", sink.url, "--key", "sae_abc"]
    words += ["--config", str(tmp_path / "agent.toml")]
    done = subprocess.run(words, env=environ, capture_output=True, text=True, timeout=TIMEOUT, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "token").read_text() == "sah_abc"
    assert f'icacls "{tmp_path / "token"}" /inheritance:r' in done.stdout
