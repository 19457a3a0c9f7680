"""A Node.js process that writes one last request in its exit handler, to the real agent."""

from __future__ import annotations

import json
import signal
import socket

import pytest

from fakes.agent import running
from fakes.node import TIMEOUT, node

PROBE = """
const port = Number(process.env.RECEIVER)
const request = (path, body) => `POST ${path} HTTP/1.1\\r\\nHost: 127.0.0.1:${port}\\r\\n` +
  `Content-Type: application/json\\r\\nContent-Length: ${Buffer.byteLength(body)}\\r\\n\\r\\n${body}`
const socket = require('net').connect(port, '127.0.0.1')
socket.on('error', () => {})
const first = JSON.stringify({ resourceMetrics: [{ mark: 'first', filling: 'x'.repeat(Number(process.env.FILLING)) }] })
const last = JSON.stringify({ resourceLogs: [{ mark: 'last' }] })
const open = () => console.log('connected')
if (process.env.ANSWER === 'read') socket.write(request('/v1/metrics', first)), socket.once('data', open)
else socket.once('connect', () => { socket.pause(); socket.write(request('/v1/metrics', first), open) })
process.on('exit', () => socket.write(request('/v1/logs', last)))
process.on('SIGUSR2', () => process.exit(7))
setInterval(() => {}, 1000)
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.mark.parametrize("answer", ["read", "unread"])
@pytest.mark.parametrize("filling", [10, 100_000])
@pytest.mark.parametrize("agent_is", ["awake", "busy"])
def test_the_last_request_of_a_process_that_exits_is_taken(sink, tmp_path, answer, filling, agent_is):
    """Unread answers make the kernel reset the connection; to a busy agent request and end arrive as one."""
    port = free_port()
    environ = {"RECEIVER": str(port), "ANSWER": answer, "FILLING": str(filling)}
    with running(sink.url, tmp_path, ADVISOR_LISTEN=f"127.0.0.1:{port}") as agent:
        sink.next()
        with node(tmp_path / "probe.js", PROBE, environ) as probe:
            assert probe.line == "connected"
            while b"first" not in sink.next().body:
                pass
            if agent_is == "busy":
                agent.send_signal(signal.SIGSTOP)
            probe.process.send_signal(signal.SIGUSR2)
            assert probe.process.wait(TIMEOUT) == 7
            agent.send_signal(signal.SIGCONT)
        while b'"mark":"last"' not in (got := sink.next()).body:
            pass
    assert got.path == "/v1/logs"
    assert json.loads(got.body)["resourceLogs"] == [{"mark": "last"}]
