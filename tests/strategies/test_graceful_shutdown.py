"""graceful-shutdown: a real Node.js is stopped under load and loses nothing; without the code it loses requests."""

from __future__ import annotations

import http.client
import re
import shlex
import signal
import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from advisor.diagnosis import Option, Rejection
from advisor.diagnosis.recipes.shutdown import DEADLINE, DRAIN, FILE, GRACE, HANDLER, HEALTH, READY
from advisor.engine import STRATEGIES
from advisor.features import Snapshot
from advisor.vocabulary import Family
from tests.additions import with_window
from tests.answers import expected, option, rejection, ruled
from tests.builders import snapshot
from tests.releases import released
from tests.strategies.tools import nginx, shell, systemd
from tests.strategies.tools.kubernetes import manifests
from tests.strategies.tools.node import PATIENCE, running
from tests.strategies.tools.pm2 import pm2

end = partial(option, "graceful-shutdown", "dropped-at-deploy")

SERVER = """import {{ createServer }} from "node:http";
{imports}
const server = createServer((request, response) => {{
  if (request.url === "/ready") {{ response.statusCode = {ready}; return response.end(); }}
  setTimeout(() => response.end("done"), 100);
}});
{call}
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
"""
ORDERLY = {
    "imports": 'import { endInOrder, readiness } from "./shutdown.mjs";',
    "ready": "readiness()",
    "call": 'endInOrder(server, { drain: 1, close: [() => console.log("database closed")] });',
}
ABRUPT = {"imports": "", "ready": "200", "call": ""}


class Client(threading.Thread):
    """Sends one request after the other on kept connections while the balancer would: until it is not ready."""

    def __init__(self, port: int, ready: Callable[[], bool]) -> None:
        super().__init__()
        self.port, self.ready = port, ready
        self.answered = self.lost = 0
        self.warm = threading.Event()

    def run(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        while self.ready():
            try:
                connection.request("GET", "/")
                self.answered += connection.getresponse().read() == b"done"
                self.warm.set()
            except (OSError, http.client.HTTPException):
                self.lost += 1
                return


def is_ready(port: int) -> bool:
    """What a balancer's health check finds; a server that is gone is found out by requests."""
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        connection.request("GET", "/ready")
        return connection.getresponse().status == 200
    except OSError:
        return True


def stopped_under_load(folder: Path, how: dict[str, str], sent: signal.Signals) -> tuple[int, int, int | None, str]:
    """Answered and lost requests, the exit code and what the process said, when it is stopped amid eight clients."""
    (folder / FILE).write_text(HANDLER)
    (folder / "server.mjs").write_text(SERVER.format(**how))
    with running(folder / "server.mjs") as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        clients = [Client(port, partial(is_ready, port)) for _ in range(8)]
        for client in clients:
            client.start()
        assert all(client.warm.wait(PATIENCE) for client in clients)
        process.send_signal(sent)
        for client in clients:
            client.join(PATIENCE)
        code = process.wait(PATIENCE)
        said = process.stdout.read()
    return sum(c.answered for c in clients), sum(c.lost for c in clients), code, said


@pytest.mark.processes
@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_no_request_is_lost_when_it_is_stopped_under_load(tmp_path: Path, sent: signal.Signals) -> None:
    answered, lost, code, said = stopped_under_load(tmp_path, ORDERLY, sent)
    assert (lost, code) == (0, 0)
    assert answered >= 8
    assert said.strip() == "database closed"


@pytest.mark.processes
def test_the_same_load_loses_requests_without_it(tmp_path: Path) -> None:
    _, lost, code, _ = stopped_under_load(tmp_path, ABRUPT, signal.SIGTERM)
    assert lost == 8
    assert code == -signal.SIGTERM


@pytest.mark.processes
def test_it_ends_at_its_deadline_where_a_request_never_does(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(HANDLER)
    slow = SERVER.format(**ORDERLY | {"call": "endInOrder(server, { drain: 0, deadline: 0.2 });"})
    (tmp_path / "server.mjs").write_text(slow.replace("100)", "1e9)"))
    with running(tmp_path / "server.mjs") as process:
        assert process.stdout is not None
        connection = http.client.HTTPConnection("127.0.0.1", int(process.stdout.readline()))
        connection.request("GET", "/")
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 1


@pytest.mark.processes
def test_a_connection_that_was_busy_is_not_waited_for_after_its_answer(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(HANDLER)
    call = ORDERLY | {"call": "endInOrder(server, { drain: 0, deadline: 30 });"}
    slow = SERVER.format(**call).replace('response.end("done"), 100', 'response.end("done"), 400')
    (tmp_path / "server.mjs").write_text(slow.replace("  setTimeout", '  console.log("asked");\n  setTimeout'))
    with running(tmp_path / "server.mjs") as process:
        assert process.stdout is not None
        connection = http.client.HTTPConnection("127.0.0.1", int(process.stdout.readline()), timeout=PATIENCE)
        connection.request("GET", "/")
        assert process.stdout.readline() == "asked\n"
        process.send_signal(signal.SIGTERM)
        assert connection.getresponse().read() == b"done"
        assert process.wait(20) == 0, "the client keeps its side open"


def code(found: Option, platform: str, file: str = "", part: str = "") -> str:
    steps = [step for step in found.steps if step.platform == platform and step.file.endswith(file) and step.code]
    (step,) = (step for step in steps if part in step.code)
    return step.code


def lost() -> Snapshot:
    return released(40, 40, 40, usual=0.0)


@pytest.mark.processes
def test_pm2_gives_it_longer_than_it_takes(tmp_path: Path) -> None:
    found = end(lost())
    (tmp_path / FILE).write_text(HANDLER)
    call = ORDERLY | {"call": "endInOrder(server, { drain: 0.1 });"}
    (tmp_path / "server.mjs").write_text(SERVER.format(**call))
    config = code(found, "PM2", "config.cjs").replace("server.js", "server.mjs")
    (tmp_path / "ecosystem.config.cjs").write_text(config)
    with pm2(tmp_path) as manager:
        manager("start", "server.mjs", "--name", "shop")
        assert {process["pm2_env"]["exec_mode"] for process in manager.processes} == {"fork_mode"}
        for command in code(found, "PM2", "shell", "pm2 start").splitlines():
            manager(*shlex.split(command)[1:])
        before = {process["pid"] for process in manager.processes}
        manager(*shlex.split(code(found, "PM2", "shell", "pm2 reload"))[1:])
        after = manager.processes
        assert {process["pm2_env"]["exec_mode"] for process in after} == {"cluster_mode"}
        assert {process["pm2_env"]["status"] for process in after} == {"online"}
        assert {process["pid"] for process in after}.isdisjoint(before)
        assert all(process["pm2_env"]["kill_timeout"] > (DRAIN + DEADLINE) * 1000 for process in after)
        assert all(process["pm2_env"]["wait_ready"] for process in after)


def test_kubernetes_waits_as_long_as_the_code_does() -> None:
    (deployment,) = manifests(code(end(lost()), "Kubernetes"))
    pod = deployment["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    waits = int(container["lifecycle"]["preStop"]["exec"]["command"][-1])
    assert pod["terminationGracePeriodSeconds"] >= waits + DRAIN + DEADLINE
    assert container["readinessProbe"]["httpGet"]["path"] == "/ready"
    assert deployment["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    assert deployment["spec"]["replicas"] >= 2


def test_nginx_asks_another_machine_where_there_is_one(tmp_path: Path) -> None:
    assert not [step for step in end(lost()).steps if step.platform == "NGINX"]
    seen = lost()
    (first,) = seen.window.hosts
    found = end(with_window(seen, hosts=(first, replace(first, id=99, name="web-2"))))
    written = code(found, "NGINX", ".conf")
    assert nginx.complaints(written, tmp_path) == ""
    assert re.findall(r"server (\S+) max_fails", written) == ["web-1:3000", "web-2:3000"]


def test_systemd_reads_that_it_waits_longer_than_the_code_takes(tmp_path: Path) -> None:
    override = code(end(lost()), "systemd", ".conf")
    assert systemd.complaints(override, tmp_path) == ""
    assert f"TimeoutStopSec={GRACE}" in override
    assert GRACE > DRAIN + DEADLINE
    found = end(lost())
    assert any(step.file == "/etc/systemd/system/shop.service.d/shutdown.conf" for step in found.steps)
    assert code(found, "systemd", "shell") == "systemctl daemon-reload\nsystemctl restart shop.service"


def test_the_shell_reads_every_command() -> None:
    assert shell.read(end(lost()).steps)


def test_every_path_that_its_deployment_asks_for_is_made_for_all_platforms() -> None:
    found = end(lost())
    (deployment,) = manifests(code(found, "Kubernetes"))
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    asked = {container[f"{probe}Probe"]["httpGet"]["path"] for probe in ("startup", "readiness", "liveness")}
    assert asked == {HEALTH, READY}
    assert all(f'app.get("{path}"' in code(found, "", "server.js") for path in asked)


def test_balancers_are_told_to_ask_what_fails_first() -> None:
    told = {step.platform: step.text for step in end(lost()).steps}
    assert "ask /ready every 5 s (timeout 3 s, unhealthy after 2 failures)" in told["AWS ALB"]
    assert "ask /ready every 5 s" in told["Google Cloud"]
    assert "`idle: 620`" in told["Google Cloud"]


def test_it_says_whether_the_code_handles_the_signal() -> None:
    assert "handles the signal, and 42" in end(released(40, 40, usual=0.0, exit_code=0, active=1)).why
    assert "2 processes ended by the signal" in end(released(0, 0, before=30, usual=0.0, signal="SIGTERM")).why
    assert "ended without waiting" in end(released(0, 0, usual=0.0, exit_code=0, active=20)).why


def test_it_expects_a_range_and_repairs() -> None:
    found = end(lost())
    after = expected(found, "lost")
    assert (after.now, after.low, after.high) == (40.0, 0.0, 2.0)
    assert found.family is Family.REPAIR


@pytest.mark.parametrize("seen", [released(0, 0, 0, usual=0.0), released()])
def test_rejected_where_nothing_was_lost(seen: Snapshot) -> None:
    assert rejection("graceful-shutdown", "dropped-at-deploy", seen).startswith("0 requests were lost")


@pytest.mark.parametrize("rule", ["crash-loop", "event-loop-saturated"])
def test_rejected_for_other_troubles(rule: str) -> None:
    seen = snapshot()
    assert isinstance(STRATEGIES["graceful-shutdown"].answer(seen, ruled(rule, seen)), Rejection)
