"""Containers: docker-compose reads the file; the image is small, has no root, and gets its signals."""

from __future__ import annotations

import math
import subprocess
from pathlib import Path

import pytest

from advisor.diagnosis.recipes.container import IGNORED, MIB, Workload, compose, dockerfile, steps
from advisor.diagnosis.recipes.shutdown import DEADLINE, DRAIN
from tests.strategies.tools.compose import understood
from tests.strategies.tools.dockerfile import stages
from tests.strategies.tools.node import program

SHOP = Workload("Shop / a_b", "dist/server.js", 3, 9, 90 * MIB)


def test_docker_compose_understands_the_limits_and_the_health_check(tmp_path: Path) -> None:
    service = understood(compose(SHOP), tmp_path)["services"]["shop-a-b"]
    assert service["deploy"]["replicas"] == 3
    assert service["deploy"]["resources"]["limits"]["memory"] in ("192M", "192m", 192 * MIB, str(192 * MIB))
    assert service["healthcheck"]["test"][:3] == ["CMD", "node", "-e"]
    assert "127.0.0.1:3000/ready'" in service["healthcheck"]["test"][3]


def test_docker_kills_no_sooner_than_the_code_has_ended(tmp_path: Path) -> None:
    grace = understood(compose(SHOP), tmp_path)["services"]["shop-a-b"]["stop_grace_period"]
    assert int(grace.removesuffix("s")) > DRAIN + DEADLINE


def test_the_health_check_is_a_script_that_fails_where_nobody_answers(tmp_path: Path) -> None:
    nobody = Workload("shop", "server.js", 1, 2, port=9)
    script = understood(compose(nobody), tmp_path)["services"]["shop"]["healthcheck"]["test"][3]
    done = subprocess.run([program(), "-e", script], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (1, "")


def test_the_image_is_built_in_two_stages_and_starts_without_root() -> None:
    _, image = stages(dockerfile(SHOP))
    assert image[-1] == ("CMD", ["node", "--max-old-space-size=144", "dist/server.js"])
    assert ("USER", ["node"]) in image
    assert ("COPY", ["--from=build", "/app/node_modules", "./node_modules"]) in image
    assert "node_modules" in IGNORED.splitlines()


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("WORKDIR", "WORKDIRR"),
        ("COPY . .", "COPY ."),
        ("--from=build", "--from=built"),
        ('"node",', "node,"),
        ("FROM node:22-slim AS build\n", ""),
    ],
)
def test_what_is_no_dockerfile_is_refused(right: str, wrong: str) -> None:
    assert right in dockerfile(SHOP)
    with pytest.raises(ValueError, match=r"\w"):
        stages(dockerfile(SHOP).replace(right, wrong))


def test_a_path_of_todays_machine_means_nothing_in_an_image() -> None:
    assert '"server.mjs"]' in dockerfile(Workload("shop", "/srv/shop/server.mjs", 1, 2))


@pytest.mark.parametrize(
    ("name", "label"), [("Shop / a_b", "shop-a-b"), ("--", "service"), ("a" * 60, "a" * 40), ("Größe", "gr-e")]
)
def test_names_become_labels(name: str, label: str) -> None:
    assert Workload(name, "server.js", 1, 2).label == label


@pytest.mark.parametrize(("memory", "mebibytes"), [(90 * MIB, 192), (10 * MIB, 128), (400 * MIB, 640), (math.nan, 512)])
def test_memory_has_room_for_a_peak(memory: float, mebibytes: int) -> None:
    assert Workload("shop", "server.js", 1, 2, memory).mebibytes == mebibytes


def test_the_article_s_tools_are_named() -> None:
    told = " ".join(step.text for step in steps(SHOP))
    assert all(word in told for word in ("Docker", "containerd", "runc", "LXC"))
