"""rebalance of WebSockets: clients led elsewhere and some of those that are there, and when that moves nothing."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from advisor.diagnosis import Rejection
from advisor.features import Snapshot
from tests.additions import with_sockets
from tests.answers import answered, expected, option, rejection
from tests.builders import Load, Machine, snapshot
from tests.strategies.tools.nginx import complaints
from tests.strategies.tools.node import program

RULE = "uneven-load"
COOL = Load(elu=0.06, rps=0.3, latency=0.003, role="worker")
SHED = """const { shed } = await import("./shed.mjs");
let closed = 0;
globalThis.setTimeout = (call, wait) => (call(), console.log(wait));
shed(new Set(Array.from({ length: 900 }, () => ({ close: () => (closed += 1) }))));
console.log("closed", closed);
"""


def seen_of(sockets: float = 900, rate: float = 90.0, **hot: float) -> Snapshot:
    loads = (replace(COOL, elu=0.92, **hot), COOL, COOL, COOL)  # type: ignore[arg-type]  # its figures are numbers
    return with_sockets(snapshot(*loads, machine=Machine(cores=16, cpu=0.1)), (sockets, rate), *[(60, 6.0)] * 3)


def test_new_clients_go_where_the_fewest_are_and_some_of_the_old_ones_too(tmp_path: Path) -> None:
    found = option("rebalance", RULE, seen_of())
    assert found.title == "Share the WebSockets of 4 processes out evenly"
    assert found.why == (
        "process 1010 gets 15 times as many messages and is 92% busy; with the same messages for all it would be 27%."
    )
    said = "".join(step.text + step.code for step in found.steps)
    assert 'loadBalancingMethod: "least-connection"' in said
    assert "least_conn;" in said
    assert "Close 630 WebSockets of process 1010, 10 a second" in said
    assert "900 WebSockets are on process 1010" in found.check_first
    assert "room" in found.check_first
    assert "request" not in found.title + found.why + found.check_first
    assert [complaints(step.code, tmp_path) for step in found.steps if step.file.endswith(".conf")] == ["", ""]


def test_sockets_and_the_loop_fall_to_the_mean_and_nobody_times_messages() -> None:
    found = option("rebalance", RULE, seen_of())
    sockets, loop = expected(found, "websockets"), expected(found, "loop_utilization")
    assert (sockets.now, sockets.low, sockets.high) == pytest.approx((900, 243, 297))
    assert loop.high == pytest.approx(0.275 * 1.1, abs=0.01)
    assert {each.metric for each in found.expected} == {"websockets", "loop_utilization"}


def test_what_closes_them_runs(tmp_path: Path) -> None:
    steps = {step.file: step.code for step in option("rebalance", RULE, seen_of()).steps}
    (tmp_path / "shed.mjs").write_text(steps["shed.mjs"])
    (tmp_path / "try.mjs").write_text(SHED)
    done = subprocess.run([program(), "try.mjs"], cwd=tmp_path, capture_output=True, text=True, check=True)
    *waits, closed = done.stdout.splitlines()
    assert closed == "closed 630"
    assert (len(waits), waits[0], waits[-1]) == (630, "0", "62900")
    (tmp_path / "primary.mjs").write_text(steps["primary.mjs"])
    subprocess.run([program(), "--check", "primary.mjs"], cwd=tmp_path, check=True)


def test_as_many_sockets_with_more_messages_are_not_moved() -> None:
    reason = rejection("rebalance", RULE, seen_of(sockets=66))
    assert "15 times as many messages with 1.1 times as many WebSockets" in reason


def test_dearer_messages_have_no_names() -> None:
    dear = seen_of(sockets=60, rate=6.0)
    assert "A message costs process 1010" in rejection("rebalance", RULE, dear)
    for strategy in ("optimise-code", "decompose"):
        assert "messages have no names" in rejection(strategy, RULE, dear)


def test_one_that_waits_with_as_many_messages_is_replaced() -> None:
    found = option("rebalance", RULE, seen_of(sockets=60, rate=6.0, cpu=0.1))
    assert found.title == "Take process 1010 out and replace it"
    assert "times as long for a message and waits" in found.why
    assert "request" not in found.why


@pytest.mark.parametrize("strategy", ["optimise-code", "decompose", "cluster", "load-balance", "autoscale", "vertical"])
def test_nothing_else_is_offered_for_sockets_on_one_worker(strategy: str) -> None:
    assert isinstance(answered(strategy, RULE, seen_of()), Rejection)


def test_even_sockets_are_left_alone() -> None:
    even = with_sockets(snapshot(*[replace(COOL, elu=0.5)] * 4), *[(500, 80.0)] * 4)
    assert "1 times as busy as the mean" in rejection("rebalance", RULE, even)
