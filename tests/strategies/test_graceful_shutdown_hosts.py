"""graceful-shutdown: PM2 counts by machine, Kubernetes by service."""

from __future__ import annotations

from functools import partial

import pytest

from advisor.diagnosis import Evidence
from tests import rulings
from tests.builders import Load, snapshot
from tests.strategies.tools.kubernetes import manifests

LOST = tuple(
    Evidence(signal, signal, value, "1")
    for signal, value in (("lost", 40.0), ("told", 40.0), ("unhandled", 0.0), ("hasty", 2.0))
)

offered = partial(rulings.offered, "graceful-shutdown", "dropped-at-deploy")


@pytest.mark.parametrize(
    ("here", "hosts", "each", "replicas"), [(4, 3, 4, 12), (1, 2, 1, 2), (4, 1, 4, 4), (1, 1, 2, 2)]
)
def test_pm2_runs_on_each_machine_what_runs_there_now(here: int, hosts: int, each: int, replicas: int) -> None:
    found = offered(snapshot(*[Load()] * here, hosts=hosts), *LOST)
    code = {step.file: step.code for step in found.steps if step.file != "shell"}
    [deployment] = manifests(code["deployment.yaml"])
    assert f"instances: {each}," in code["ecosystem.config.cjs"]
    assert deployment["spec"]["replicas"] == replicas
