"""Vetoes: for each rule, whether copies may help here and elsewhere, and the number that says no."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from advisor.diagnosis import Evidence, Ruling
from advisor.diagnosis.vetoes import clone_veto, connections_veto, deciding, most_copies, same_host_veto
from advisor.engine import RULES
from advisor.features import ServiceWindow, Snapshot, Track
from advisor.vocabulary import PartKind
from tests.additions import rows, with_figures, with_part, with_recalled
from tests.builders import Load, Machine, snapshot
from tests.rulings import ALL, firing

NEVER = {
    "memory-leak",
    "gc-pressure",
    "downstream-bound",
    "thread-pool-saturated",
    "descriptor-leak",
    "uneven-load",
    "disk-filling",
    "datastore-write-bound",
    "datastore-read-bound",
    "crash-loop",
    "overprovisioned",
    "websocket-capacity",
    "descriptor-exhaustion",
    "memory-pressure",
}
"""No copy helps, anywhere: as long as the limit of descriptors is a low one, memory does not follow the load, and
nothing tells that it is the whole loop that is full with its garbage."""

NOT_HERE = NEVER | {"host-cpu-saturated"}
"""No copy on the same machine helps."""


def _low_limit() -> Snapshot:
    return with_figures(snapshot(Load()), fd_limit=1024.0)


@pytest.mark.parametrize("rule", ALL)
def test_each_rule_has_its_answer_with_a_number(rule: str) -> None:
    answers = clone_veto(_low_limit(), firing(rule)), same_host_veto(_low_limit(), firing(rule))
    assert [answer is not None for answer in answers] == [rule in NEVER, rule in NOT_HERE]
    for answer in answers:
        assert answer is None or (any(c.isdigit() for c in answer) and answer.endswith("."))


_SLOW = Evidence("p95", "95% of requests answered within", 1.4, "s", 1.0, "at least", True)
_WAITS = Evidence("wait_share", "Time of a request without work of the loop", 0.97, "1", 0.8, "at least", True)
_POOL = Evidence("pool_wait", "Their wait (95%), of the time of a request", 0.4, "1", 0.2, "at least", True)


@pytest.mark.parametrize(("evidence", "number"), [((_SLOW, _WAITS), "97%"), ((_SLOW, _WAITS, _POOL), "40%")])
def test_waiting_rules_copies_out_and_not_that_answers_are_slow(evidence: tuple[Evidence, ...], number: str) -> None:
    reason = clone_veto(snapshot(), firing("downstream-bound", *evidence))
    assert reason is not None
    assert reason.endswith(f": {number}).")
    assert "1.4 s" not in reason


_FULL = Evidence("memory_long", "Memory of the host in use, least of ten minutes", 0.9, "1", 0.85, "at least", True)
_HEAP = Evidence("heap_share", "Heap in use after collection, of its limit", 0.9, "1", 0.85, "at least", True)


def _with(past: Track) -> ServiceWindow:
    window = snapshot(Load()).window
    return replace(window, instances=(replace(window.instances[0], track=past),))


def _loaded(each: float, kept: float = 60e6) -> Snapshot:
    """A process that keeps so many bytes for each request a second, over two hours of a load that comes and goes."""
    rate = 60 + 40 * np.sin(np.arange(60) / 8)
    past = rows(7200, 120, requests=120 * rate, heap_floor=kept + each * rate)
    return with_recalled(snapshot(Load()), "memory-pressure", _with(past))


@pytest.mark.parametrize(("each", "share"), [(2e6, None), (0.0, "0% only"), (0.2e6, "17% only")])
def test_copies_elsewhere_relieve_memory_that_follows_the_load_and_no_other(each: float, share: str | None) -> None:
    seen = _loaded(each)
    answer = clone_veto(seen, firing("memory-pressure", _HEAP))
    assert (answer is None) == (share is None)
    assert answer is None or f"by {share}: as much would be short in a copy on another machine" in answer
    assert same_host_veto(seen, firing("memory-pressure", _HEAP)) is not None


@pytest.mark.parametrize(("loads", "evidence", "helps"), [(2, _FULL, True), (1, _FULL, False), (2, _HEAP, False)])
def test_of_several_processes_that_fill_a_machine_some_may_go_elsewhere(
    loads: int, evidence: Evidence, helps: bool
) -> None:
    answer = clone_veto(snapshot(*[Load()] * loads), firing("memory-pressure", evidence))
    assert (answer is None) is helps


@pytest.mark.parametrize(("cpu", "answer"), [(0.03, "ms as well; an asynchronous call"), (0.075, None)])
def test_a_copy_confines_a_block_that_computes_and_is_no_cure_for_a_call(cpu: float, answer: str | None) -> None:
    seen = snapshot(Load(elu=0.08, cpu=cpu, block=0.3, noise=0.0))
    found = same_host_veto(seen, firing("event-loop-blocked"))
    assert found is None if answer is None else answer in str(found)
    assert clone_veto(seen, firing("event-loop-blocked")) is None


def test_a_wait_for_a_pool_that_is_short_enough_is_not_the_reason() -> None:
    short = Evidence("pool_wait", "Their wait (95%), of the time of a request", 0.1, "1", 0.2, "at least", False)
    assert "97%" in deciding(snapshot(), firing("downstream-bound", _SLOW, _WAITS, short))


def test_no_rule_is_forgotten() -> None:
    assert set(RULES) <= set(ALL)


def test_the_number_is_the_one_that_made_the_rule_speak() -> None:
    quiet = Evidence("a", "Not it", 7.0, "s", 9.0, "at least", False)
    loud = Evidence("b", "Heap growth", 38e6, "By/h", 1e6, "at least", True)
    assert deciding(snapshot(), firing("memory-leak", quiet, loud)) == "heap growth: 38 MB/h"
    assert deciding(snapshot(), firing("memory-leak", quiet)) == "not it: 7 s"
    unknown = Evidence("c", "Nothing", None, "1")
    assert deciding(snapshot(), firing("memory-leak", unknown)) == "1 process"


@pytest.mark.parametrize(
    ("unit", "value", "text"), [("1", 0.42, "42%"), ("s", 0.3, "300 ms"), ("{file}", 1234.0, "1,234 files")]
)
def test_figures_read_as_people_say_them(unit: str, value: float, text: str) -> None:
    told = Evidence("x", "X", value, unit, holds=True)
    assert deciding(snapshot(), firing("crash-loop", told)) == f"x: {text}"


@pytest.mark.parametrize(("limit", "vetoed"), [(1024.0, True), (65_535.0, True), (65_536.0, False), (math.nan, True)])
def test_a_low_limit_of_descriptors_is_raised_before_copies_are_made(limit: float, vetoed: bool) -> None:
    seen = with_figures(snapshot(Load()), fd_limit=limit, connections=40.0)
    assert (clone_veto(seen, firing("descriptor-exhaustion")) is not None) is vetoed


def _grew(unit: str, gained: float, *, proven: bool = True) -> tuple[Evidence, ...]:
    """What rules say of a level that grew so much at equal load."""
    return (
        Evidence("growth", "Growth at equal load", gained, unit, gained / 2, "at least", True),
        Evidence("growth_late", "Late growth, of early growth", 1.0, "1", 0.5, "at least", proven),
    )


@pytest.mark.parametrize(("connected", "says"), [
    (0.9, "A limit of 1,024 is raised first, to 65,536"), (0.1, "Only 10% of 900 open descriptors are connections"),
])  # fmt: skip
def test_what_fills_a_low_limit_decides_what_comes_before_copies(connected: float, says: str) -> None:
    seen = with_figures(snapshot(Load()), fd_limit=1024.0, fd_open=900.0, connections=connected * 900)
    assert str(clone_veto(seen, firing("descriptor-exhaustion"))).startswith(says)


@pytest.mark.parametrize(("share", "says"), [(0.95, "95% of all descriptors of a kernel are open"), (0.79, "None")])
def test_a_full_kernel_is_given_room_before_copies_are_made(share: float, says: str) -> None:
    seen = with_figures(snapshot(Load()), fd_limit=65_536.0, fd_open=60_000.0, connections=58_000.0)
    kernel = Evidence("fd_kernel", "Descriptors of the kernel open", share, "1", 0.8, "at least", share >= 0.8)
    assert str(clone_veto(seen, firing("descriptor-exhaustion", kernel))).startswith(says)


@pytest.mark.parametrize("limit", [65_536.0, 524_288.0])
@pytest.mark.parametrize(("connected", "proven", "says"), [
    (0.03, True, "9,000 more descriptors are open at equal load and nobody closes them: each copy would do the same."),
    (0.9, True, "9,000 more descriptors are open at equal load and nobody closes them: each copy would do the same."),
    (0.03, False, "open descriptors are connections from outside: look first what the others are."),
    (0.41, False, None),
])  # fmt: skip
def test_only_connections_that_fill_a_limit_are_shared_out(
    limit: float, connected: float, proven: bool, says: str | None
) -> None:
    opened = 0.82 * limit
    seen = with_figures(snapshot(Load()), fd_limit=limit, fd_open=opened, connections=connected * opened)
    ruling = firing("descriptor-exhaustion", *_grew("{file_descriptor}", 9_000.0, proven=proven))
    for answer in (clone_veto(seen, ruling), same_host_veto(seen, ruling)):
        assert answer is None if says is None else says in str(answer)


@pytest.mark.parametrize(("proven", "helps"), [(True, False), (False, True)])
def test_a_leak_fills_the_next_machine_as_well(proven: bool, helps: bool) -> None:
    """Two processes share a full machine, and memory follows the load: both would else let some of them go."""
    ruling = firing("memory-pressure", _FULL, *_grew("By", 300e6, proven=proven))
    for seen in (snapshot(Load(), Load()), _loaded(2e6)):
        answer = clone_veto(seen, ruling)
        assert (answer is None) is helps
        assert answer is None or answer == "Memory grew by 300 MB at equal load: each copy would grow as well."


def _collecting(room: bool, **told: float) -> Ruling:
    """Garbage collection that is felt; `room` is True where a third more load would fit."""
    labels = {"heap_filled": "Heap still in use after a collection", "gc_major_share": "Of it, major collections"}
    share = Evidence("gc_share", "Garbage collection", 0.14, "1", 0.1, "at least", True)
    rest = (Evidence(signal, labels[signal], value, "1") for signal, value in told.items())
    return firing("gc-pressure", share, Evidence("headroom", "Room", 0.2, "1", 0.3, "below", not room), *rest)


@pytest.mark.parametrize(("ruling", "says"), [
    (_collecting(False, heap_filled=0.4), None),
    (_collecting(False, heap_filled=0.79, gc_major_share=0.9), None),
    (_collecting(False, gc_major_share=0.2), None),
    (_collecting(False, heap_filled=0.8), "The heap is 80% full after a collection, and would be as full in each"),
    (_collecting(False, gc_major_share=0.9), "how full it is nobody tells (garbage collection: 14%)"),
    (_collecting(False), "how full it is nobody tells (garbage collection: 14%)"),
    (_collecting(True, heap_filled=0.4), "as costly there (garbage collection: 14%)"),
])  # fmt: skip
def test_a_loop_that_is_full_with_garbage_is_shared_out_and_a_full_heap_is_not(
    ruling: Ruling, says: str | None
) -> None:
    for answer in (clone_veto(snapshot(), ruling), same_host_veto(snapshot(), ruling)):
        assert answer is None if says is None else says in str(answer)


@pytest.mark.parametrize(("processes", "vetoed"), [(1, False), (2, True), (5, True)])
def test_only_a_lone_process_gains_a_stand_in(processes: int, vetoed: bool) -> None:
    seen = snapshot(*[Load()] * processes)
    assert (clone_veto(seen, firing("dropped-at-deploy")) is not None) is vetoed


def test_a_crowded_host_names_what_waits() -> None:
    starved = snapshot(*[Load(elu=0.99, cpu=0.47)] * 4, machine=Machine(cores=2, cpu=0.97))
    assert "wait for a processor 5" in str(same_host_veto(starved, firing("host-cpu-saturated")))
    assert clone_veto(starved, firing("host-cpu-saturated")) is None


def _pooled() -> Snapshot:
    seen = with_part(snapshot(Load()), PartKind.POOL, "postgresql db:5432/shop", capacity=10.0, used=5.0)
    return with_part(seen, PartKind.DATASTORE, "postgresql 127.0.0.1 5432 shop", capacity=103.0, reserved=3.0,
                     used=40.0)  # fmt: skip


@pytest.mark.parametrize(("least", "most", "each", "fit"), [
    (1, 20, 1.0, 4), (1, 3, 1.0, 3), (5, 20, 1.0, 5), (1, 20, 2.0, 2), (1, 20, 1.5, 2),
])  # fmt: skip
def test_an_autoscaler_is_bounded_by_what_a_datastore_accepts(least: int, most: int, each: float, fit: int) -> None:
    """Room for 4 processes; what is needed now is not taken back."""
    assert most_copies(_pooled(), least, most, each) == fit
    assert most_copies(snapshot(Load()), least, most, each) == most


@pytest.mark.parametrize(("copies", "vetoed"), [(2, False), (4, False), (5, True), (20, True)])
def test_copies_that_would_exhaust_a_datastore_are_counted(copies: int, vetoed: bool) -> None:
    reason = connections_veto(_pooled(), copies)
    assert (reason is not None) is vetoed
    assert reason is None or "of the 100 that postgresql 127.0.0.1 5432 accepts, more than 80%" in reason


def test_where_no_datastore_tells_nothing_is_vetoed() -> None:
    assert connections_veto(snapshot(Load()), 100) is None
