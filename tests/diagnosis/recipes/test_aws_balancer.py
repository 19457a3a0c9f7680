"""AWS: cfn-lint finds nothing to say of the balancer and its group; a machine signals only once it serves."""

from __future__ import annotations

import math
import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from advisor.diagnosis.recipes.aws_balancer import SLOWEST, START, steps, template
from advisor.diagnosis.recipes.container import MIB, Workload
from advisor.diagnosis.recipes.nginx import Choice
from advisor.diagnosis.recipes.shutdown import DRAIN, KEPT
from tests.strategies.tools import shell
from tests.strategies.tools.cloudformation import complaints, resources
from tests.strategies.tools.node import PATIENCE

SHOP = Workload("Shop / a_b", "server.js", 3, 6, 90 * MIB)


@pytest.mark.parametrize(("choice", "rate"), [(Choice.LEAST_CONNECTIONS, 120.0), (Choice.COOKIE, math.nan)])
def test_the_linter_has_nothing_to_say(tmp_path: Path, choice: Choice, rate: float) -> None:
    assert complaints(template(SHOP, choice, rate), tmp_path) == ""


def test_the_linter_would_say_so(tmp_path: Path) -> None:
    assert complaints(template(SHOP, Choice.COOKIE, 1.0).replace("HTTP_301", "HTTP_30"), tmp_path)


def test_it_is_filled_in() -> None:
    found = template(SHOP, Choice.LEAST_CONNECTIONS, 120.0)
    assert "Value: least_outstanding_requests" in found
    assert "stickiness" not in found
    assert 'MinSize: "3"' in found
    assert 'MaxSize: "6"' in found
    assert "TargetValue: 7200 #" in found
    assert "stickiness.enabled" in template(SHOP, Choice.COOKIE, math.nan)


@pytest.mark.parametrize(("machines", "rate", "why"), [
    (SHOP, math.nan, "no number of requests is known to fill one of them"),
    (replace(SHOP, sockets=True), 120.0, "websocket-scale-out"),
    (replace(SHOP, most=3), 120.0, "a database does not accept the connections of more"),
])  # fmt: skip
def test_a_group_that_nothing_tells_how_to_follow_keeps_its_size(
    tmp_path: Path, machines: Workload, rate: float, why: str
) -> None:
    code = template(machines, Choice.LEAST_CONNECTIONS, rate)
    group = resources(code)["Group"]
    assert complaints(code, tmp_path) == ""
    assert "TargetTracking" not in code
    assert (group["Properties"]["MinSize"], group["Properties"]["MaxSize"]) == ("3", "3")
    assert group["UpdatePolicy"]["AutoScalingRollingUpdate"]["MinInstancesInService"] == 2, "below MaxSize"
    assert why in " ".join(step.text for step in steps(machines, Choice.LEAST_CONNECTIONS, rate))


def test_a_group_that_follows_requests_says_nothing_of_its_size() -> None:
    assert "keeps its size" not in " ".join(step.text for step in steps(SHOP, Choice.LEAST_CONNECTIONS, 120.0))


@pytest.mark.parametrize(("rate", "a_minute"), [(SLOWEST, 1), (0.4, 24), (120.0, 7_200)])
def test_the_target_is_the_rate_of_a_machine(rate: float, a_minute: int) -> None:
    follows = resources(template(SHOP, Choice.LEAST_CONNECTIONS, rate))["Following"]["Properties"]
    assert follows["TargetTrackingConfiguration"]["TargetValue"] == a_minute


def test_a_shell_reads_the_command() -> None:
    assert "--stack-name shop-a-b-balancer" in shell.read(steps(SHOP, Choice.ROUND_ROBIN, 1.0))[0]


def test_it_sees_that_a_process_stops_before_the_process_does() -> None:
    asked = resources(template(SHOP, Choice.ROUND_ROBIN, 1.0))["Targets"]["Properties"]
    assert asked["HealthCheckPath"] == "/ready"
    assert asked["HealthCheckTimeoutSeconds"] < asked["HealthCheckIntervalSeconds"]
    assert asked["HealthCheckIntervalSeconds"] * asked["UnhealthyThresholdCount"] < DRAIN


def test_old_ciphers_are_left_out() -> None:
    policy = resources(template(SHOP, Choice.ROUND_ROBIN, 1.0))["Secure"]["Properties"]["SslPolicy"]
    assert policy == "ELBSecurityPolicy-TLS13-1-2-2021-06"


def test_an_update_waits_for_each_machine_and_for_nothing_else() -> None:
    group = resources(template(SHOP, Choice.ROUND_ROBIN, 1.0))["Group"]
    rolling = group["UpdatePolicy"]["AutoScalingRollingUpdate"]
    assert rolling["WaitOnResourceSignals"] is True
    assert 60 * int(rolling["PauseTime"].removeprefix("PT").removesuffix("M")) > 2 * (START + DRAIN)
    assert set(rolling["SuspendProcesses"]) == {
        "AZRebalance", "AlarmNotification", "HealthCheck", "ReplaceUnhealthy", "ScheduledActions",
    }  # fmt: skip
    assert str(group["CreationPolicy"]["ResourceSignal"]["Count"]) == group["Properties"]["MinSize"]


@contextmanager
def machine(*answers: int) -> Iterator[HTTPServer]:
    """A service that answers with these states in turn, and goes on with the last."""
    left = list(answers)

    class Service(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state = left.pop(0) if len(left) > 1 else left[0]
            self.send_response(state if self.path == "/ready" else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Service) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def booted(folder: Path, port: int, patience: str = f"timeout {START}") -> str:
    """What a machine signals as it boots; waits are cut short."""
    data = resources(template(replace(SHOP, port=port), Choice.ROUND_ROBIN, 1.0))["Machine"]["Properties"]
    script = data["LaunchTemplateData"]["UserData"]["Fn::Base64"]["Fn::Sub"]
    script = re.sub(r"\$\{AWS::(\w+)\}", r"\1", script)
    script = script.replace("/opt/aws/bin/", "").replace(f"timeout {START}", patience)
    for name, code in {"cfn-signal": 'echo "$@"', "sleep": "exec /bin/sleep 0.05"}.items():
        (folder / name).write_text(f"#!/bin/bash\n{code}\n")
        (folder / name).chmod(0o755)
    environ = {"PATH": f"{folder}:{os.environ['PATH']}"}
    done = subprocess.run(["bash", "-c", script], env=environ, capture_output=True, text=True, timeout=PATIENCE)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.strip()


def test_a_machine_signals_once_it_serves(tmp_path: Path) -> None:
    with machine(503, 503, 200) as server:
        assert (
            booted(tmp_path, server.server_port) == "--exit-code 0 --stack StackName --resource Group --region Region"
        )


def test_a_machine_that_never_serves_says_so(tmp_path: Path) -> None:
    with machine(503) as server:
        assert booted(tmp_path, server.server_port, "timeout 0.5").startswith("--exit-code 124 ")


def test_the_server_keeps_idle_connections_longer_than_this_balancer() -> None:
    [handler] = [step.code for step in steps(SHOP, Choice.ROUND_ROBIN, 1.0) if step.file == "shutdown.mjs"]
    assert f"idle: {KEPT} " in handler


def test_an_idle_websocket_needs_a_ping() -> None:
    told = " ".join(step.text for step in steps(replace(SHOP, sockets=True), Choice.COOKIE, 1.0))
    assert "nothing passes for 60 s" in told
    assert "nothing passes" not in " ".join(step.text for step in steps(SHOP, Choice.COOKIE, 1.0))
