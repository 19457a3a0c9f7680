"""Google Cloud: the commands are well formed. They are not run."""

from __future__ import annotations

import math

import pytest

from advisor.diagnosis.recipes.container import MIB, Workload
from advisor.diagnosis.recipes.google_balancer import steps
from advisor.diagnosis.recipes.nginx import Choice
from tests.strategies.tools import shell
from tests.strategies.tools.gcloud import parsed

SHOP = Workload("Shop / a_b", "server.js", 3, 6, 90 * MIB)


def flags(choice: Choice = Choice.LEAST_CONNECTIONS, rate: float = 120.0) -> dict[str, dict[str, str]]:
    return {command: given for step in steps(SHOP, choice, rate) for command, _, given in parsed(step.code)}


@pytest.mark.parametrize("choice", list(Choice))
@pytest.mark.parametrize("rate", [120.0, math.nan])
def test_commands_are_well_formed(choice: Choice, rate: float) -> None:
    assert len(flags(choice, rate)) == 11
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
    assert flags(rate=math.nan)["instance-groups managed set-autoscaling"]["target-cpu-utilization"] == "0.6"
