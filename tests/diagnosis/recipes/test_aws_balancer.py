"""AWS: cfn-lint finds nothing to say of the balancer and its group."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from advisor.diagnosis.recipes.aws_balancer import steps, template
from advisor.diagnosis.recipes.container import MIB, Workload
from advisor.diagnosis.recipes.nginx import Choice
from tests.strategies.tools import shell
from tests.strategies.tools.cloudformation import complaints

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
    assert "ASGAverageCPUUtilization" in template(SHOP, Choice.ROUND_ROBIN, math.nan)
    assert "stickiness.enabled" in template(SHOP, Choice.COOKIE, math.nan)


def test_a_shell_reads_the_command() -> None:
    assert "--stack-name shop-a-b-balancer" in shell.read(steps(SHOP, Choice.ROUND_ROBIN, 1.0))[0]
