"""datastore-read-bound: one that reads more than it can while users wait, and the busy or cold ones that are fine."""

from __future__ import annotations

import math
from functools import partial

import pytest

from advisor.diagnosis import Condition
from advisor.engine import judge
from advisor.features import Snapshot
from advisor.vocabulary import PartKind, Severity, Verdict
from tests.additions import with_part
from tests.answers import ruled
from tests.builders import Load, Machine, snapshot

HERE = "postgresql 127.0.0.1 5432 shop"
SCANS = {"active": 4.0, "pending": 0.0, "pending_disk": 0.0, "pending_inside": 0.0, "wal": 1e4, "misses": 10.0,
         "hits": 1e5}  # fmt: skip
DISK = {"active": 1.0, "pending_disk": 0.8, "misses": 3e3, "hits": 1e5}
WAITS = {"hits": 0.0, "wal": 0.0}
rule = partial(ruled, "datastore-read-bound")


def _seen(
    latency: float = 1.5, time_scale: float = 1.0, noise: float = 0.02,
    cpu: float = 0.6, own: float = 1.0, disk: float = 0.2, elu: float = 0.2, **more: float,
) -> Snapshot:  # fmt: skip
    load = Load(elu=elu, cpu=0.2, rps=40, latency=latency, spread=0.0, noise=noise)
    plain = snapshot(load, name="checkout", machine=Machine(cores=2, cpu=cpu), time_scale=time_scale)
    spans = plain.window.hosts[0].track.spans
    at_work = with_part(plain, PartKind.PROGRAM, "postgres", busy=own * spans)
    with_disk = with_part(at_work, PartKind.DISK, "sda", busy=disk * spans)
    return with_part(with_disk, PartKind.DATASTORE, HERE, **SCANS | more)


@pytest.mark.parametrize("noise", [0.0, 0.02, 0.05])
@pytest.mark.parametrize("time_scale", [1.0, 5.0])
@pytest.mark.parametrize("figures", [{}, {"disk": 0.9, **DISK}], ids=["scans in memory", "reads from the disk"])
def test_fires_where_reading_holds_users_up(figures: dict[str, float], noise: float, time_scale: float) -> None:
    found = rule(_seen(noise=noise, time_scale=time_scale, **figures))
    assert found.reading.condition is Condition.OVER
    assert found.verdict is Verdict.PENDING
    assert found.reading.confidence >= 0.5


def test_the_claim_says_what_is_short() -> None:
    assert rule(_seen()).reading.claim.startswith(
        "checkout: postgresql 127.0.0.1 5432 has 2 active sessions for each core, 100% of them read, and 5% of"
    )
    assert rule(_seen(disk=0.9, **DISK)).reading.claim.startswith(
        "checkout: postgresql 127.0.0.1 5432 does not find 2.9% of what is looked up in its cache, its disk is 90% busy"
    )


def test_very_slow_requests_cannot_wait() -> None:
    assert rule(_seen()).reading.severity is Severity.WARNING
    assert rule(_seen(latency=2.5)).reading.severity is Severity.CRITICAL


@pytest.mark.parametrize(("figures", "condition"), [
    ({"active": 2.02}, Condition.OVER), ({"active": 1.9}, Condition.BETWEEN), ({"active": 1.7}, Condition.UNDER),
    ({"pending": 1.1}, Condition.OVER), ({"pending": 1.4}, Condition.BETWEEN), ({"pending": 1.7}, Condition.UNDER),
    ({"pending_disk": 2.1, **WAITS}, Condition.OVER), ({"pending_disk": 1.8, **WAITS}, Condition.BETWEEN),
    ({"pending_disk": 1.5, **WAITS}, Condition.UNDER),
    ({"disk": 0.82, **DISK}, Condition.OVER), ({"disk": 0.75, **DISK}, Condition.BETWEEN),
    ({"disk": 0.65, **DISK}, Condition.UNDER),
    ({"disk": 0.9, **DISK, "misses": 700.0}, Condition.BETWEEN),
    ({"disk": 0.9, **DISK, "misses": 300.0}, Condition.UNDER),
    ({"latency": 0.9}, Condition.BETWEEN), ({"latency": 0.7}, Condition.UNDER),
])  # fmt: skip
def test_just_over_and_just_under_its_levels(figures: dict[str, float], condition: Condition) -> None:
    assert rule(_seen(**figures)).reading.condition is condition


@pytest.mark.parametrize("figures", [
    {"latency": 0.05},
    {"latency": 0.05, "disk": 0.95, **DISK},
    {"active": 0.5, "misses": 9e4},
    {"hits": 100.0},
    {"pending": 2.5},
    {"pending_disk": 3.0, "wal": 4e8, "misses": 10.0},
    {"cpu": 0.9, "own": 0.5},
], ids=[
    "busy without impact", "a report of the night beside quick requests", "a cache that fills after a start",
    "statements that compute and look nothing up", "waits for locks", "writes to the disk", "a crowd from elsewhere",
])  # fmt: skip
def test_stays_silent_for_what_only_looks_like_it(figures: dict[str, float]) -> None:
    assert rule(_seen(**figures)).verdict is Verdict.CLEAR


def test_a_machine_that_is_busy_with_its_own_statements_is_no_other_finding() -> None:
    seen = _seen(cpu=0.97, own=1.6, elu=0.5)  # its loop is busy without computing: it waits for a processor
    found = {ruling.rule: ruling for ruling in judge(seen, {}).rulings}
    assert found["datastore-read-bound"].reading.condition is Condition.OVER
    assert found["host-cpu-saturated"].reading.condition is Condition.OVER
    assert found["host-cpu-saturated"].held_back_by == "datastore-read-bound"


def test_a_service_without_a_datastore_is_clear() -> None:
    assert rule(snapshot(Load(elu=0.2, latency=1.5))).verdict is Verdict.CLEAR


@pytest.mark.parametrize("figures", [{"active": math.nan}, {"hits": math.nan, "misses": math.nan, "active": math.nan}])
def test_a_gap_in_the_reports_is_no_proof_of_quiet(figures: dict[str, float]) -> None:
    assert rule(_seen(**figures)).verdict is Verdict.UNKNOWN


def test_unknown_look_ups_are_no_reading() -> None:
    found = rule(_seen(hits=math.nan, misses=math.nan))
    assert found.verdict is Verdict.CLEAR
    assert [e.holds for e in found.reading.evidence if e.signal == "db_hits"] == [None]
