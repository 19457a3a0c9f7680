"""Fargate: cfn-lint finds nothing to say of the template."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from advisor.diagnosis.recipes.container import MIB, Signals, Workload
from advisor.diagnosis.recipes.copy_metrics import LOOP, SOCKETS
from advisor.diagnosis.recipes.fargate import steps, task_memory, template
from tests.strategies.tools.cloudformation import complaints, resources

SHOP = Workload("Shop / a_b", "server.js", 2, 9, 90 * MIB)


@pytest.mark.parametrize("signals", [Signals(rate=120.0), Signals(on_cpu=False, sockets=4000.0)])
def test_the_linter_has_nothing_to_say(tmp_path: Path, signals: Signals) -> None:
    assert complaints(template(SHOP, signals), tmp_path) == ""


def test_the_linter_would_say_so(tmp_path: Path) -> None:
    assert "3072000" in complaints(template(SHOP, Signals()).replace('"2048"', '"3072000"'), tmp_path)


def test_it_follows_the_processor_or_the_loop() -> None:
    assert "ECSServiceAverageCPUUtilization" in template(SHOP, Signals())
    assert "ECSServiceAverageCPUUtilization" not in template(SHOP, Signals(on_cpu=False))
    assert "TargetValue: 7200 #" in template(SHOP, Signals(rate=120.0))
    assert "MinCapacity: 2" in template(SHOP, Signals())
    assert "MaxCapacity: 9" in template(SHOP, Signals())


@pytest.mark.parametrize(("memory", "size"), [(90 * MIB, 2048), (1500 * MIB, 3072), (9000 * MIB, 8192)])
def test_a_task_gets_a_size_that_fargate_has(memory: float, size: int) -> None:
    assert task_memory(Workload("shop", "server.js", 1, 2, memory)) == size


@pytest.mark.parametrize("signals", [Signals(rate=120.0), Signals(), Signals(on_cpu=False, sockets=4000.0)])
def test_the_parameters_of_the_command_are_those_of_the_template(signals: Signals) -> None:
    command = steps(SHOP, signals)[-1].code
    given = {word.split("=")[0] for word in command.split() if "=" in word}
    declared = template(SHOP, signals).split("Resources:")[0].split("Parameters:")[1]
    assert given == {line.split(":")[0].strip() for line in declared.splitlines() if line.strip()}


def test_a_release_leaves_the_number_of_tasks_alone() -> None:
    assert "DesiredCount" not in resources(template(SHOP, Signals()))["Service"]["Properties"]


def test_the_balancer_reaches_the_tasks() -> None:
    found = resources(template(SHOP, Signals()))
    network = found["Service"]["Properties"]["NetworkConfiguration"]["AwsvpcConfiguration"]
    assert network["SecurityGroups"] == {"Ref": "SecurityGroups"}
    assert network["AssignPublicIp"] == {"Ref": "PublicIp"}
    assert found["Targets"]["Properties"]["TargetType"] == "ip"
    assert found["Service"]["Properties"]["LoadBalancers"][0]["TargetGroupArn"] == {"Ref": "Targets"}
    assert found["Service"]["DependsOn"] == "Route"


def test_what_a_task_writes_is_kept() -> None:
    [container] = resources(template(SHOP, Signals()))["Task"]["Properties"]["ContainerDefinitions"]
    assert container["LogConfiguration"]["Options"]["awslogs-group"] == {"Ref": "Log"}


@pytest.mark.parametrize(
    ("signals", "metrics"),
    [
        (Signals(rate=120.0), set()),
        (Signals(on_cpu=False, rate=120.0), {LOOP}),
        (Signals(on_cpu=False, sockets=4000.0), {LOOP, SOCKETS}),
    ],
)
def test_each_metric_that_only_tasks_know_is_one_that_they_write(signals: Signals, metrics: set[str]) -> None:
    followed = [
        made["Properties"]["TargetTrackingScalingPolicyConfiguration"].get("CustomizedMetricSpecification")
        for made in resources(template(SHOP, signals)).values()
        if made["Type"] == "AWS::ApplicationAutoScaling::ScalingPolicy"
    ]
    told = {one["MetricName"]: one for one in followed if one}
    assert set(told) == metrics
    written = "".join(step.code for step in steps(SHOP, signals) if step.file == "metrics.mjs")
    assert all(f"values.{name} = " in written for name in metrics)
    assert all(f'Namespace: "{one["Namespace"]}", Dimensions: [[]]' in written for one in told.values())
    assert not any("Dimensions" in one for one in told.values())
    assert bool(written) is bool(metrics)


def test_clients_of_websockets_come_back_to_their_task() -> None:
    assert "stickiness.enabled" in template(replace(SHOP, sockets=True), Signals(on_cpu=False, sockets=4000.0))
    assert "stickiness" not in template(SHOP, Signals())
