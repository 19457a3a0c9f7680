"""Google Cloud: the commands are well formed. They are not run."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from advisor.diagnosis.recipes.container import MIB, Workload
from advisor.diagnosis.recipes.google_balancer import steps
from advisor.diagnosis.recipes.nginx import Choice
from advisor.diagnosis.recipes.shutdown import DRAIN, HEALTH, READY
from tests.strategies.tools import shell
from tests.strategies.tools.gcloud import parsed

SHOP = Workload("Shop / a_b", "server.js", 3, 6, 90 * MIB)


def commands(machines: Workload, choice: Choice, rate: float) -> list[tuple[str, str, dict[str, str]]]:
    return [c for step in steps(machines, choice, rate) if step.file == "shell" for c in parsed(step.code)]


def flags(
    choice: Choice = Choice.LEAST_CONNECTIONS, rate: float = 120.0, machines: Workload = SHOP
) -> dict[str, dict[str, str]]:
    return {command: given for command, _, given in commands(machines, choice, rate)}


@pytest.mark.parametrize("choice", list(Choice))
@pytest.mark.parametrize("rate", [120.0, math.nan])
def test_commands_are_well_formed(choice: Choice, rate: float) -> None:
    assert len(flags(choice, rate)) == (10 if math.isnan(rate) else 11)
    assert len(shell.read(steps(SHOP, choice, rate))) == 2


@pytest.mark.parametrize(
    "wrong",
    ["gcloud compute vm create a", "gcloud compute url-maps create a --url b", "gcloud compute url-maps create a b",
     "gcloud compute url-maps create a --default-service", "aws ec2 run-instances"],
)  # fmt: skip
def test_a_wrong_command_is_noticed(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"command|take|value"):
        parsed(wrong)


def test_they_are_filled_in() -> None:
    found = flags()
    assert found["instance-groups managed set-autoscaling"]["max-num-replicas"] == "6"
    assert found["backend-services create"]["locality-lb-policy"] == "LEAST_REQUEST"
    assert found["backend-services add-backend"]["max-rate-per-instance"] == "120"
    assert flags(Choice.COOKIE)["backend-services create"]["session-affinity"] == "GENERATED_COOKIE"
    assert flags(rate=0.4)["backend-services add-backend"]["max-rate-per-instance"] == "0.4"


@pytest.mark.parametrize(("machines", "rate"), [
    (SHOP, math.nan), (replace(SHOP, sockets=True), math.nan), (replace(SHOP, most=3), 120.0),
])  # fmt: skip
def test_a_group_that_nothing_tells_how_to_follow_keeps_its_size(machines: Workload, rate: float) -> None:
    found = flags(rate=rate, machines=machines)
    assert "instance-groups managed set-autoscaling" not in found
    assert found["instance-groups managed create"]["size"] == "3"
    assert "max-utilization" not in found["backend-services add-backend"]
    assert "It keeps its size" in " ".join(step.text for step in steps(machines, Choice.COOKIE, rate))


def test_a_machine_that_stops_gets_no_requests_and_is_not_replaced() -> None:
    found = commands(SHOP, Choice.LEAST_CONNECTIONS, 120.0)
    checks = {name: given for command, name, given in found if command == "health-checks create http"}
    balancing, healing = checks["shop-a-b-ready"], checks["shop-a-b-alive"]
    assert (balancing["request-path"], healing["request-path"]) == (READY, HEALTH)
    assert flags()["backend-services create"]["health-checks"] == "shop-a-b-ready"
    assert flags()["instance-groups managed create"]["health-check"] == "shop-a-b-alive"
    assert seconds(balancing["check-interval"]) * int(balancing["unhealthy-threshold"]) < DRAIN
    assert all(seconds(check["timeout"]) <= seconds(check["check-interval"]) for check in checks.values())


def seconds(told: str) -> int:
    return int(told.removesuffix("s"))


def test_a_websocket_lives_longer_than_the_30_s_of_a_request() -> None:
    assert flags(Choice.COOKIE, machines=replace(SHOP, sockets=True))["backend-services create"]["timeout"] == "86400"
    assert "timeout" not in flags()["backend-services create"]


def test_the_server_keeps_idle_connections_longer_than_this_balancer() -> None:
    [call] = [step.code for step in steps(SHOP, Choice.ROUND_ROBIN, 1.0) if step.file == "server.js"]
    assert "idle: 620" in call
