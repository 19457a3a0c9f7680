"""autoscale: bounds that are computed, signals that show the load, and what it is refused for."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import yaml

from advisor.diagnosis import Option
from advisor.diagnosis.confidence import SILENT
from advisor.features import Snapshot
from advisor.vocabulary import PartKind
from tests import rulings
from tests.additions import (
    rows,
    with_containers,
    with_figures,
    with_part,
    with_probe_figures,
    with_recalled,
    with_window,
)
from tests.answers import expected, option, rejection
from tests.builders import YOUNG, Load, Machine, Senders, snapshot
from tests.strategies.tools import shell
from tests.strategies.tools.compose import understood
from tests.strategies.tools.kubernetes import manifests

SATURATED, STARVED, COLLECTING = "event-loop-saturated", "host-cpu-saturated", "gc-pressure"
FULL = Load(elu=0.885, cpu=0.85, rps=175, latency=0.0055)

offered = partial(rulings.offered, "autoscale")
refused = partial(rulings.refused, "autoscale")


def _over_a_day(seen: Snapshot, swing: float) -> Snapshot:
    """The same with a day behind it, from the busiest hour to the quietest and back."""
    wave = 1 + (swing - 1) * (1 + np.cos(2 * np.pi * np.arange(24) / 24)) / 2
    track = rows(86_400.0, 600.0, requests=np.repeat(wave, 6))
    past = replace(seen.window, instances=(replace(seen.window.instances[0], track=track),))
    return with_recalled(seen, "overprovisioned", past)


def _scaler(found: Option) -> dict[str, object]:
    [scaler] = manifests(next(step.code for step in found.steps if step.file == "hpa.yaml"))
    told: dict[str, object] = scaler["spec"]
    return told


@pytest.mark.parametrize(
    ("loads", "title"),
    [
        ([FULL], "Let 2 to 4 copies follow the load"),
        ([FULL] * 3, "Let 3 to 10 copies follow the load"),
        ([replace(FULL, elu=0.98, cpu=0.97)] * 4, "Let 4 to 15 copies follow the load"),
    ],
)
def test_it_is_bounded_by_todays_copies_and_twice_the_load(loads: list[Load], title: str) -> None:
    assert offered(SATURATED, snapshot(*loads)).title == title


def test_descriptors_that_are_no_connections_are_not_shared_out() -> None:
    seen = with_figures(snapshot(FULL), fd_limit=65_536.0, fd_open=54_000.0, connections=1_600.0)
    assert "Only 3% of 54,000" in refused("descriptor-exhaustion", seen)
    assert offered("descriptor-exhaustion", with_figures(seen, connections=50_000.0)).adds_copies


def test_a_known_day_sets_both_bounds() -> None:
    found = offered(SATURATED, _over_a_day(snapshot(*[FULL] * 4), 4.0))
    assert found.title == "Let 3 to 14 copies follow the load"
    assert "varies by 4 times over the day" in found.why
    assert "Check on the charts" not in found.check_first


def test_the_busiest_hours_of_a_week_bound_it_above() -> None:
    """Twice the work of 2 loops makes 7 that are 60% busy."""
    seen = with_window(snapshot(FULL), busiest=2.0)
    assert offered(SATURATED, seen).title == "Let 2 to 7 copies follow the load"


def test_a_day_without_a_swing_is_refused_unless_it_is_with_containers() -> None:
    steady = _over_a_day(snapshot(FULL), 1.4)
    assert "1.4 times" in refused(SATURATED, steady)
    assert offered(SATURATED, with_containers(steady))
    assert "1.4 times" in refused(SATURATED, with_figures(steady, cgroup_memory_limit=512e6)), "as systemd bounds it"
    assert offered(SATURATED, _over_a_day(snapshot(FULL), 1.6))


def test_in_containers_it_comes_before_machines() -> None:
    full = snapshot(FULL, machine=Machine(cores=1, cpu=0.79))
    plain, contained = option("load-balance", SATURATED, full), option("load-balance", SATURATED, with_containers(full))
    assert plain.confidence >= SILENT > contained.confidence
    assert option("autoscale", SATURATED, with_containers(full)).confidence >= SILENT


def test_what_is_not_known_is_to_be_checked_and_costs_confidence() -> None:
    unknown, contained = snapshot(FULL), with_containers(snapshot(FULL))
    assert "Check on the charts of a day" in offered(SATURATED, unknown).check_first
    assert offered(SATURATED, unknown).confidence < offered(SATURATED, contained).confidence


@pytest.mark.parametrize("rule", [r for r in rulings.ALL if r not in {SATURATED, STARVED, "dropped-at-deploy"}])
def test_other_troubles_are_not_scaled(rule: str) -> None:
    assert refused(rule, with_figures(snapshot(FULL), fd_limit=1024.0))


def test_a_block_hides_in_the_mean() -> None:
    assert "8% busy on average" in refused("event-loop-blocked", snapshot(Load(elu=0.08, rps=3, block=0.3)))


def test_the_garbage_of_full_loops_is_shared_out_once_the_heap_has_room() -> None:
    churning = snapshot(replace(FULL, gc_share=0.14), machine=Machine(cores=4, cpu=0.3))
    seen = with_probe_figures(churning, heap_floor=0.4e9, heap_limit=YOUNG + 1e9)
    assert option("autoscale", COLLECTING, seen).title == "Let 2 to 4 copies follow the load"
    full = with_probe_figures(seen, heap_floor=0.9e9)
    assert "The heap is 90% full after a collection" in rejection("autoscale", COLLECTING, full)
    idle = with_probe_figures(snapshot(Load(elu=0.5, cpu=0.48, gc_share=0.14)), heap_floor=0.4e9)
    assert "as costly there" in rejection("autoscale", COLLECTING, idle)


def test_a_full_host_is_relieved() -> None:
    starved = snapshot(*[Load(elu=0.99, cpu=0.47)] * 4, machine=Machine(cores=2, cpu=0.97))
    assert offered(STARVED, starved).title == "Let 4 to 15 copies follow the load"


def test_enough_copies_are_not_increased() -> None:
    assert "3 processes at 30% already carry the work; it needs 3." in refused(STARVED, snapshot(*[Load(elu=0.3)] * 3))


@pytest.mark.parametrize(("others", "title"), [(0.0, "2 to 3"), (55.0, "2 to 3"), (57.0, "Run 2"), (65.0, "")])
def test_the_connections_of_a_database_bound_it(others: float, title: str) -> None:
    pooled = with_part(snapshot(Load(elu=0.6, rps=100)), PartKind.POOL, "postgresql db:5432/shop", capacity=8.0)
    seen = with_part(pooled, PartKind.DATASTORE, "postgresql 127.0.0.1 5432 shop", capacity=100.0, used=others)
    if title:
        assert title in offered(SATURATED, seen).title
    else:
        assert "of the 100 that postgresql" in refused(SATURATED, seen)


def test_it_scales_on_the_processor_where_that_shows_the_load() -> None:
    metrics = yaml.safe_dump(_scaler(offered(SATURATED, snapshot(FULL)))["metrics"])
    assert "averageUtilization: 60" in metrics
    rate = re.search(r"http_requests_per_second\n +target:\n +averageValue: '(\d+)'", metrics)
    assert rate is not None
    assert int(rate[1]) == pytest.approx(0.6 * 175 / 0.885, rel=0.03)


@pytest.mark.parametrize(
    "load", [replace(FULL, websockets=4000), replace(FULL, cpu=0.4)], ids=["websockets", "waits for others"]
)
def test_the_processor_is_no_signal_where_it_says_nothing(load: Load) -> None:
    found = offered(SATURATED, snapshot(load))
    metrics = yaml.safe_dump(_scaler(found)["metrics"])
    assert "name: cpu" not in metrics
    assert "nodejs_eventloop_utilization" in metrics
    assert ("websocket_connections" in metrics) is (load.websockets > 0)
    assert not any("ECSServiceAverageCPUUtilization" in step.code for step in found.steps)


def test_requests_for_resources_stand_in_what_it_scales() -> None:
    found = offered(SATURATED, snapshot(FULL))
    [made] = manifests(next(step.code for step in found.steps if step.file == "deployment.yaml"))
    assert set(made["spec"]["template"]["spec"]["containers"][0]["resources"]["requests"]) == {"cpu", "memory"}


def test_the_effect_is_that_of_copies_that_get_requests_at_random() -> None:
    loop = expected(offered(SATURATED, snapshot(FULL)), "loop_utilization")
    assert loop.low is not None
    assert loop.high is not None
    assert loop.low < 0.885 / 3 < loop.high < 0.5


def test_the_tools_of_the_article_are_in_its_steps() -> None:
    found = offered(SATURATED, snapshot(FULL, name="Shop 1"))
    assert {"Docker", "Kubernetes", "GKE", "EKS", "ECS on Fargate"} <= {step.platform for step in found.steps}
    assert "LXC" in " ".join(step.text for step in found.steps)
    assert len(shell.read(found.steps)) == 6


def test_every_path_that_it_asks_for_is_made_for_all_platforms() -> None:
    found = offered(SATURATED, snapshot(FULL))
    [made] = [step.code for step in found.steps if step.file == "server.js" and not step.platform]
    assert all(f'app.get("{path}"' in made for path in ("/health", "/ready"))
    written = "".join(step.code for step in found.steps if step.file.endswith(".yaml"))
    assert set(re.findall("/ready|/health", written)) == {"/health", "/ready"}


@pytest.mark.parametrize(("sockets", "sticky"), [(0, False), (4000, True)])
def test_clients_come_back_to_the_same_copy_only_where_there_are_websockets(sockets: float, sticky: bool) -> None:
    found = offered(SATURATED, snapshot(replace(FULL, websockets=sockets)))
    code = {step.file: step.code for step in found.steps}
    assert ("sessionAffinity: ClientIP" in code["service.yaml"]) is sticky
    assert ("stickiness.enabled" in code["service.cfn.yaml"]) is sticky


def test_it_begins_with_what_the_load_needs_and_not_with_the_fewest(tmp_path: Path) -> None:
    """3.54 loops and a tenth more are 7 at 60%; the quietest hour needs 3, which would be 118% busy now."""
    found = offered(SATURATED, _over_a_day(snapshot(*[FULL] * 4), 4.0))
    code = {step.file: step.code for step in found.steps if step.file.endswith(".yaml")}
    [made] = manifests(code["deployment.yaml"])
    assert made["spec"]["replicas"] == 7
    assert understood(code["compose.yaml"], tmp_path)["services"]["shop"]["deploy"]["replicas"] == 7
    assert _scaler(found)["minReplicas"] == 3


def test_its_compose_file_runs_what_the_load_needs(tmp_path: Path) -> None:
    found = offered(SATURATED, snapshot(FULL, name="Shop 1"))
    compose = next(step.code for step in found.steps if step.file == "compose.yaml")
    assert understood(compose, tmp_path)["services"]["shop-1"]["deploy"]["replicas"] == 3


def test_without_figures_of_the_loop_the_processor_stands_for_it() -> None:
    assert offered(SATURATED, snapshot(FULL, senders=Senders(probe=False))).title == "Let 2 to 4 copies follow the load"


@pytest.mark.parametrize("scale", [1.0, 5.0])
@pytest.mark.parametrize("noise", [0.0, 0.02, 0.05])
def test_neither_noise_nor_the_time_scale_changes_it(scale: float, noise: float) -> None:
    titles = {
        offered(SATURATED, snapshot(replace(FULL, noise=noise), time_scale=scale, seed=n)).title for n in range(3)
    }
    assert titles == {"Let 2 to 4 copies follow the load"}
