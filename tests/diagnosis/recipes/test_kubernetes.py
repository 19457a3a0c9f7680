"""Kubernetes: every manifest passes its schema, and the parts refer to each other."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from advisor.diagnosis.recipes.container import MIB, Signals, Workload
from advisor.diagnosis.recipes.kubernetes import autoscaler, deployment, service, steps
from advisor.diagnosis.recipes.shutdown import DEADLINE, DRAIN
from tests.strategies.tools import shell
from tests.strategies.tools.kubernetes import manifests

SHOP = Workload("Shop / a_b", "server.js", 2, 9, 90 * MIB)
BUSY = Signals(rate=120.0)


def _metrics(signals: Signals) -> dict[str, Any]:
    [found] = manifests(autoscaler(SHOP, signals))
    told = [one.get("resource") or {**one["pods"], **one["pods"]["metric"]} for one in found["spec"]["metrics"]]
    return {metric["name"]: metric["target"] for metric in told}


def test_the_deployment_requests_what_the_autoscaler_takes_percents_of() -> None:
    [found] = manifests(deployment(SHOP))
    [container] = found["spec"]["template"]["spec"]["containers"]
    assert container["resources"]["requests"] == {"cpu": "1000m", "memory": "192Mi"}
    assert "cpu" not in container["resources"]["limits"]
    assert found["spec"]["strategy"]["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}
    assert container["readinessProbe"]["httpGet"]["path"] != container["livenessProbe"]["httpGet"]["path"]
    grace = found["spec"]["template"]["spec"]["terminationGracePeriodSeconds"]
    assert int(container["lifecycle"]["preStop"]["exec"]["command"][1]) + DRAIN + DEADLINE < grace


def test_all_parts_name_the_same_pods() -> None:
    [made] = manifests(deployment(SHOP))
    [address, budget] = manifests(service(SHOP))
    [scaler] = manifests(autoscaler(SHOP, BUSY))
    labels = made["spec"]["template"]["metadata"]["labels"]
    assert address["spec"]["selector"] == budget["spec"]["selector"]["matchLabels"] == labels
    assert made["spec"]["selector"]["matchLabels"] == labels
    assert scaler["spec"]["scaleTargetRef"]["name"] == made["metadata"]["name"]
    assert (scaler["spec"]["minReplicas"], scaler["spec"]["maxReplicas"]) == (2, 9)


def test_it_scales_on_processor_memory_and_requests() -> None:
    assert _metrics(BUSY) == {
        "cpu": {"type": "Utilization", "averageUtilization": 60},
        "memory": {"type": "Utilization", "averageUtilization": 85},
        "http_requests_per_second": {"type": "AverageValue", "averageValue": "120"},
    }


@pytest.mark.parametrize("rate", [None, 0.2])
def test_where_the_processor_says_nothing_the_loop_does(rate: float | None) -> None:
    found = _metrics(Signals(on_cpu=False, rate=rate))
    assert found["nodejs_eventloop_utilization"] == {"type": "AverageValue", "averageValue": "600m"}
    assert "cpu" not in found
    assert ("http_requests_per_second" in found) is (rate is not None)


@pytest.mark.parametrize(("rate", "told"), [(0.0002, "1m"), (0.25, "250m"), (1.5, "1500m"), (10.4, "10")])
def test_a_target_of_few_requests_is_told_in_thousandths(rate: float, told: str) -> None:
    assert _metrics(Signals(rate=rate))["http_requests_per_second"]["averageValue"] == told


def test_growth_is_fast_and_shrinking_slow() -> None:
    [found] = manifests(autoscaler(SHOP, Signals()))
    up, down = found["spec"]["behavior"]["scaleUp"], found["spec"]["behavior"]["scaleDown"]
    assert up["stabilizationWindowSeconds"] < down["stabilizationWindowSeconds"] == 300


def test_nodes_follow_on_both_clouds() -> None:
    platforms = {step.platform for step in steps(SHOP, BUSY)}
    assert {"Kubernetes", "GKE", "EKS"} == platforms
    assert any("Cluster Autoscaler" in step.text for step in steps(SHOP, BUSY))


def test_the_shell_reads_every_command() -> None:
    assert len(shell.read(steps(SHOP, BUSY))) == 4


def test_the_cluster_autoscaler_finds_its_region_and_may_act() -> None:
    [command] = [step.code for step in steps(SHOP, BUSY) if step.platform == "EKS"]
    assert "--set awsRegion=REGION" in command
    assert "'rbac.serviceAccount.annotations.eks\\.amazonaws\\.com/role-arn=ROLE-ARN'" in command


def test_open_connections_are_followed_where_there_are_any() -> None:
    found = _metrics(Signals(on_cpu=False, sockets=4_000.4))
    assert found["websocket_connections"] == {"type": "AverageValue", "averageValue": "4000"}


def test_traffic_goes_by_readiness_and_life_by_health() -> None:
    [found] = manifests(deployment(SHOP))
    [container] = found["spec"]["template"]["spec"]["containers"]
    ready = container["readinessProbe"]
    assert ready["httpGet"]["path"] == "/ready"
    assert ready["periodSeconds"] * ready["failureThreshold"] < DRAIN
    assert {container[probe]["httpGet"]["path"] for probe in ("startupProbe", "livenessProbe")} == {"/health"}


@pytest.mark.parametrize(
    ("signals", "needed"),
    [(Signals(), False), (BUSY, True), (Signals(on_cpu=False), True), (Signals(sockets=4_000.0), True)],
)
def test_the_adapter_comes_before_the_autoscaler_where_it_is_needed(signals: Signals, needed: bool) -> None:
    found = steps(SHOP, signals)
    files = [step.file for step in found]
    before = found[: files.index("hpa.yaml")]
    assert any("kubectl get --raw /apis/custom.metrics.k8s.io/v1beta1" in step.code for step in before) is needed
    assert ({"metrics.mjs", "adapter.yaml"} <= {step.file for step in before}) is needed
    told = " ".join(step.text for step in steps(SHOP, signals))
    assert ("no copy is ever taken away" in told) is needed


@pytest.mark.parametrize("signals", [Signals(), BUSY])
def test_prometheus_finds_the_page_of_a_pod_that_has_one(signals: Signals) -> None:
    [written] = [step.code for step in steps(SHOP, signals) if step.file == "deployment.yaml"]
    [found] = manifests(written)
    told = found["spec"]["template"]["metadata"].get("annotations", {})
    assert told.get("prometheus.io/port") == (None if signals == Signals() else "9464")


def test_clients_of_websockets_come_back_to_their_pod() -> None:
    [address, _] = manifests(service(replace(SHOP, sockets=True)))
    assert address["spec"]["sessionAffinity"] == "ClientIP"
    assert "sessionAffinity" not in service(SHOP)
