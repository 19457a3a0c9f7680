"""rebalance: another way to share out, or a sick process replaced, and when neither helps."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from advisor.diagnosis import Option
from advisor.features import Snapshot
from tests.additions import with_figures, with_machines, with_window
from tests.answers import expected, option, rejection
from tests.builders import Load, Machine, snapshot
from tests.strategies.tools import shell
from tests.strategies.tools.nginx import complaints
from tests.strategies.tools.node import program

RULE = "uneven-load"
COOL = Load(elu=0.3, rps=60)
HOT = Load(elu=0.9, rps=180, latency=0.02)
SICK = Load(elu=0.8, cpu=0.4, rps=60, latency=0.05)
FAST, SLOW = Load(elu=0.4, rps=60), Load(elu=0.8, rps=60)


def offered(seen: Snapshot) -> Option:
    return option("rebalance", RULE, seen)


@pytest.mark.parametrize("time_scale", [1.0, 5.0])
def test_the_hot_loop_falls_to_the_mean(time_scale: float) -> None:
    found = offered(snapshot(HOT, COOL, COOL, machine=Machine(cores=16, cpu=0.11), time_scale=time_scale))
    loop = expected(found, "loop_utilization")
    assert found.title == "Share the requests of 3 processes out evenly"
    assert loop.now == pytest.approx(0.9, abs=0.02)
    assert loop.low == pytest.approx(0.45, abs=0.02)
    assert loop.high == pytest.approx(0.55, abs=0.02)


def test_on_a_small_machine_loops_that_share_evenly_wait_for_each_other() -> None:
    tight, roomy = (expected(offered(snapshot(HOT, COOL, COOL, machine=machine)), "loop_utilization")
                    for machine in (Machine(cores=2, cpu=0.85), Machine(cores=16, cpu=0.11)))  # fmt: skip
    assert tight.low is not None
    assert roomy.low is not None
    assert roomy.low == pytest.approx(0.45, abs=0.02)
    assert 1.1 * roomy.low < tight.low < 1.3 * roomy.low


def test_their_slow_requests_then_take_longer_as_well() -> None:
    tight, roomy = (expected(offered(snapshot(HOT, COOL, COOL, machine=machine)), "p95")
                    for machine in (Machine(cores=2, cpu=0.85), Machine(cores=16, cpu=0.11)))  # fmt: skip
    assert tight.low is not None
    assert roomy.low is not None
    assert 1.05 * roomy.low < tight.low < 1.5 * roomy.low


def test_a_process_of_another_script_changes_nothing_for_those_that_share() -> None:
    machine = Machine(cores=2, cpu=0.85)
    alone = snapshot(HOT, COOL, COOL, machine=machine)
    beside = snapshot(HOT, COOL, COOL, Load(elu=0.9, rps=0), machine=machine)
    *shared, worker = beside.window.instances
    beside = with_window(beside, instances=(*shared, replace(worker, script="worker.js")))
    for metric in ("loop_utilization", "p95"):
        one, other = (expected(offered(seen), metric) for seen in (alone, beside))
        assert other.low == pytest.approx(one.low, rel=0.02)
        assert other.high == pytest.approx(one.high, rel=0.02)


def test_requests_are_expected_to_be_faster_and_never_slower() -> None:
    p95 = expected(offered(snapshot(HOT, COOL, COOL)), "p95")
    assert p95.low is not None
    assert p95.high is not None
    assert p95.now is not None
    assert p95.low < p95.high < p95.now


@pytest.mark.parametrize("hosts", [1, 2])
def test_nginx_accepts_every_configuration(tmp_path: Path, hosts: int) -> None:
    for seen in (snapshot(HOT, COOL, COOL, hosts=hosts), snapshot(SICK, COOL, COOL, hosts=hosts)):
        found = option("rebalance", RULE, with_figures(seen, websockets=40.0))
        written = [step.code for step in found.steps if step.file.endswith(".conf")]
        assert written
        assert [complaints(code, tmp_path) for code in written] == [""] * len(written)


def test_sessions_stay_by_a_cookie_and_not_by_address() -> None:
    written = "".join(step.code for step in offered(snapshot(HOT, COOL, COOL)).steps)
    assert "hash $route_of_shop consistent;" in written
    assert "ip_hash;" not in written


def test_workers_of_a_cluster_take_turns(tmp_path: Path) -> None:
    seen = snapshot(*[replace(load, role="worker") for load in (HOT, COOL, COOL)])
    steps = {step.file: step for step in offered(seen).steps if step.platform == "node:cluster"}
    (tmp_path / "primary.mjs").write_text(
        steps["primary.mjs"].code + "console.log(cluster.schedulingPolicy === cluster.SCHED_RR);"
    )
    (tmp_path / "server.mjs").write_text(steps["server.mjs"].code)
    (tmp_path / "both.mjs").write_text(
        'import "./primary.mjs";\nimport http from "node:http";\nimport { boundAge } from "./server.mjs";\n'
        "console.log(boundAge(http.createServer()).maxRequestsPerSocket);\n"
    )
    done = subprocess.run([program(), "both.mjs"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["true", "100"]


def test_processes_that_are_no_workers_get_no_word_of_a_cluster() -> None:
    assert all(step.platform != "node:cluster" for step in offered(snapshot(HOT, COOL, COOL)).steps)


def test_a_sick_process_is_drained_and_replaced_not_balanced() -> None:
    found = offered(snapshot(SICK, COOL, COOL))
    assert found.title == "Take process 1010 out and replace it"
    assert "waits" in found.why
    written = next(step.code for step in found.steps if step.file.endswith(".conf"))
    assert "server web-1:3000 max_fails=2 fail_timeout=5s down;" in written
    assert written.count(" down;") == 1
    assert "kill -TERM 1010" in shell.read(found.steps)
    high = expected(found, "loop_utilization").high
    assert high == pytest.approx(0.33, abs=0.02)


def test_a_stuck_one_is_replaced_as_well() -> None:
    found = offered(snapshot(Load(elu=1.0, cpu=1.0, rps=0.0), *[COOL] * 7))
    assert "answers nothing" in found.why
    assert "7 others" in found.why


def _unequal(*loads: Load) -> Snapshot:
    """Three machines with two processes each."""
    return with_machines(snapshot(*loads, hosts=3), 2, 2, 2)


@pytest.mark.parametrize("time_scale", [1.0, 5.0])
def test_a_slower_machine_gets_fewer_requests(tmp_path: Path, time_scale: float) -> None:
    """360 requests a second by weights of 2, 2, 1: 36 to each process there at 13 ms, 72 to each other at 7 ms."""
    seen = with_machines(snapshot(*[FAST] * 4, SLOW, SLOW, hosts=3, time_scale=time_scale), 2, 2, 2)
    found = offered(seen)
    loop = expected(found, "loop_utilization")
    assert found.title == "Give web-3 fewer requests, by weights"
    assert "takes 2 times the CPU time in each process on web-3" in found.why
    assert "With 1 request there for every 2 on the fastest" in found.why
    assert (loop.low, loop.high) == pytest.approx((0.48 * 0.9, 0.48 * 1.1), rel=0.03)
    written = [step.code for step in found.steps if step.file.endswith(".conf")]
    assert len(written) == 2
    for code in written:
        assert complaints(code, tmp_path) == ""
        weights = {line.split()[1]: line.split()[-1] for line in code.splitlines() if " weight=" in line}
        assert weights == {
            f"web-{n}:{port}": f"weight={1 if n == 3 else 2};" for n in (1, 2, 3) for port in (3000, 3001)
        }


def test_weights_are_in_proportion_to_what_a_request_costs() -> None:
    """7 and 10 ms."""
    found = offered(_unequal(*[FAST] * 4, *[replace(SLOW, elu=0.57)] * 2))
    assert "With 7 requests there for every 10 on the fastest" in found.why


@pytest.mark.parametrize(
    "loads",
    [
        pytest.param([*[FAST] * 5, SLOW], id="its mate pays the usual price"),
        pytest.param([*[FAST] * 4, replace(SLOW, elu=0.6), replace(SLOW, elu=0.95)], id="it pays more than its mate"),
        pytest.param([*[FAST] * 4, *[replace(SLOW, cpu=0.4)] * 2], id="they wait for something"),
    ],
)
def test_one_process_of_a_machine_or_one_that_waits_is_sick(loads: list[Load]) -> None:
    found = offered(_unequal(*loads))
    assert found.title.startswith("Take process")
    assert "weight" not in "".join([found.check_first, *(step.code for step in found.steps)])


def test_a_process_alone_on_its_machine_may_be_either_and_it_says_so() -> None:
    found = offered(with_machines(snapshot(FAST, FAST, SLOW, hosts=3), 1, 1, 1))
    assert found.title.startswith("Take process")
    assert "the machine is slower" in found.check_first


def test_on_one_machine_nobody_speaks_of_weights() -> None:
    found = offered(snapshot(SLOW, SLOW, *[FAST] * 4))
    assert "weight" not in "".join([found.title, found.check_first, *(step.code for step in found.steps)])


def test_other_routes_stay_as_dear_wherever_they_go() -> None:
    dear = Load(elu=0.9, rps=60, routes={"GET /": 0.5, "GET /report": 0.5})
    assert "costs process 1010 3 times as much" in rejection("rebalance", RULE, snapshot(dear, COOL, COOL))


def test_full_processes_cannot_take_anything_over() -> None:
    full = [Load(elu=0.99, rps=198), Load(elu=0.7, rps=140), Load(elu=0.74, rps=148)]
    assert "no room for more" in rejection("rebalance", RULE, snapshot(*full))


def test_one_process_has_nobody_to_share_with() -> None:
    assert "1 process" in rejection("rebalance", RULE, snapshot(HOT))


def test_even_processes_are_left_alone() -> None:
    assert "1 times as busy as the mean" in rejection("rebalance", RULE, snapshot(COOL, COOL))


def test_a_sick_worker_of_a_cluster_has_no_address_to_drain() -> None:
    found = offered(snapshot(*[replace(load, role="worker") for load in (SICK, COOL, COOL)]))
    assert found.title == "Take process 1010 out and replace it"
    assert all(step.platform != "NGINX" and " down;" not in step.code for step in found.steps)
    assert "`down`" not in " ".join(step.text for step in found.steps)
    assert "kill -TERM 1010" in shell.read(found.steps)
