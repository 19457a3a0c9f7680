"""datastore-read-bound: one that reads more than it can while users wait, and the busy or cold ones that are fine."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
import pytest

from advisor.diagnosis import Condition, RuleState
from advisor.engine import judge
from advisor.features import Snapshot
from advisor.vocabulary import PartKind, Severity, Verdict
from tests.additions import with_part, with_window
from tests.answers import ruled
from tests.builders import NOW, Load, Machine, Senders, service, snapshot

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


def _managed(cores: float) -> Snapshot:
    """A datastore on a machine of its own without an agent, whose cores somebody set."""
    load = Load(elu=0.2, cpu=0.2, rps=40, latency=1.5, spread=0.0)
    plain = snapshot(load, name="checkout", machine=Machine(cores=2, cpu=0.1))
    called = with_part(plain, PartKind.POOL, "postgresql db.internal:5432/shop", used=1.0)
    seen = with_part(
        called, PartKind.DATASTORE, "postgresql db.internal 5432 shop", **SCANS | {"active": 10.0, "hits": 3e5}
    )
    return with_window(seen, limits={"datastore-read-bound": {"cores": cores}})


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


@pytest.mark.parametrize(
    ("cores", "condition"),
    [(0.0, Condition.UNKNOWN), (8.0, Condition.OVER), (16.0, Condition.UNDER)],
)
def test_a_managed_one_is_judged_by_the_cores_that_somebody_set(cores: float, condition: Condition) -> None:
    assert rule(_managed(cores)).reading.condition is condition


def test_a_replica_of_a_managed_one_is_sized_by_them() -> None:
    (advice,) = judge(_managed(4.0), {}).advice
    replica = next(option for option in advice.options if option.id == "read-replica")
    assert "10 sessions are active on 4 cores" in replica.why


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
    ({"disk": 0.9, **DISK, "pending_disk": 0.52}, Condition.OVER),
    ({"disk": 0.9, **DISK, "pending_disk": 0.45}, Condition.BETWEEN),
    ({"disk": 0.9, **DISK, "pending_disk": 0.35}, Condition.UNDER),
    ({"disk": 0.9, **DISK, "misses": 700.0}, Condition.BETWEEN),
    ({"disk": 0.9, **DISK, "misses": 300.0}, Condition.UNDER),
    ({"latency": 0.9}, Condition.BETWEEN), ({"latency": 0.7}, Condition.UNDER),
])  # fmt: skip
def test_just_over_and_just_under_its_levels(figures: dict[str, float], condition: Condition) -> None:
    assert rule(_seen(**figures)).reading.condition is condition


@pytest.mark.parametrize("time_scale", [1.0, 5.0])
@pytest.mark.parametrize("figures", [
    {"latency": 0.05},
    {"latency": 0.05, "disk": 0.95, **DISK},
    {"active": 0.5, "misses": 9e4},
    {"hits": 100.0},
    {"pending": 2.5},
    {"pending_disk": 3.0, "wal": 4e8, "misses": 10.0},
    {"cpu": 0.9, "own": 0.5},
    {"disk": 0.95, "active": 0.1, "pending_disk": 0.08, "hits": 980.0, "misses": 20.0},
    {"disk": 0.95, **DISK, "pending_disk": 0.0, "active": 0.5},
    {"wal": 4e8, "pending_disk": 1.0, "pending_inside": 2.5, "misses": 0.0},
], ids=[
    "busy without impact", "a report of the night beside quick requests", "a cache that fills after a start",
    "statements that compute and look nothing up", "waits for locks", "writes to the disk", "a crowd from elsewhere",
    "a backup beside a database that does little", "misses that the system's cache answers", "a service that writes",
])  # fmt: skip
def test_stays_silent_for_what_only_looks_like_it(figures: dict[str, float], time_scale: float) -> None:
    assert rule(_seen(time_scale=time_scale, **figures)).verdict is Verdict.CLEAR


@pytest.mark.parametrize("time_scale", [1.0, 5.0])
def test_stays_silent_for_reports_on_a_replica_that_the_service_does_not_use(time_scale: float) -> None:
    quiet = _seen(time_scale=time_scale, active=0.2)
    assert rule(with_part(quiet, PartKind.DATASTORE, "postgresql 10.0.0.9 5432 shop", **SCANS)).verdict is Verdict.CLEAR


def _through(minutes: float, time_scale: float, step: float = 30.0) -> list[Verdict]:
    """The rule's verdicts round by round while a cache fills for so long; requests are slow all along."""
    load = Load(elu=0.2, rps=40, latency=1.5, spread=0.0)
    window = service(load, machine=Machine(cores=2, cpu=0.4), senders=Senders(interval=10.0 / time_scale),
                     seconds=5400.0 / time_scale)  # fmt: skip
    track = window.hosts[0].track
    begin = NOW - 3600.0 / time_scale
    cold = (track.times > begin) & (track.times <= begin + 60.0 * minutes / time_scale)
    fills = {"active": np.where(cold, 6.0, 0.3), "pending_disk": np.where(cold, 5.0, 0.0),
             "misses": np.where(cold, 9e4, 10.0)}  # fmt: skip
    whole = with_part(Snapshot(window, NOW, time_scale), PartKind.DISK, "sda",
                      busy=np.where(cold, 0.95, 0.1) * track.spans)  # fmt: skip
    whole = with_part(whole, PartKind.DATASTORE, HERE, **SCANS | fills)
    state, verdicts = RuleState(), []
    for now in np.arange(begin - 300.0 / time_scale, NOW, step / time_scale):
        state = rule(Snapshot(whole.window, float(now), time_scale), state).state
        verdicts.append(state.verdict)
    return verdicts


@pytest.mark.parametrize("time_scale", [1.0, 5.0])
def test_stays_silent_while_a_cache_fills_after_a_start(time_scale: float) -> None:
    verdicts = _through(8.0, time_scale)
    assert Verdict.PENDING in verdicts
    assert Verdict.FIRING not in verdicts
    assert verdicts[-1] is Verdict.CLEAR


@pytest.mark.parametrize("time_scale", [1.0, 5.0])
def test_fires_through_half_an_hour_of_the_same_reads_and_clears_after_it(time_scale: float) -> None:
    verdicts = _through(30.0, time_scale)
    assert Verdict.FIRING in verdicts
    assert verdicts[-1] is Verdict.CLEAR


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


def _asked_by(hosts: int, active: float) -> Snapshot:
    """A managed datastore of 8 cores that the agent of each machine of the service asks."""
    load = Load(elu=0.2, cpu=0.2, rps=40, latency=1.5, spread=0.0)
    plain = snapshot(load, name="checkout", machine=Machine(cores=2, cpu=0.1), hosts=hosts)
    called = with_part(plain, PartKind.POOL, "postgresql db.internal:5432/shop", used=1.0)
    told = SCANS | {"active": active, "hits": 3e5}
    seen = with_part(called, PartKind.DATASTORE, "postgresql db.internal 5432 shop", **told)
    return with_window(seen, limits={"datastore-read-bound": {"cores": 8.0}})


@pytest.mark.parametrize("hosts", [1, 2, 3])
@pytest.mark.parametrize(("active", "condition"), [(4.0, Condition.UNDER), (10.0, Condition.OVER)])
def test_what_several_agents_tell_counts_once(hosts: int, active: float, condition: Condition) -> None:
    found = rule(_asked_by(hosts, active)).reading
    assert found.condition is condition
    assert next(e.value for e in found.evidence if e.signal == "db_load") == pytest.approx(active / 8)


@pytest.mark.parametrize(("cpu", "condition"), [(0.95, Condition.UNDER), (0.6, Condition.OVER)])
def test_a_busy_machine_of_which_no_program_is_told_may_be_busy_with_anything(cpu: float, condition: Condition) -> None:
    load = Load(elu=0.2, cpu=0.2, rps=40, latency=1.5, spread=0.0)
    plain = snapshot(load, name="checkout", machine=Machine(cores=2, cpu=cpu))
    assert rule(with_part(plain, PartKind.DATASTORE, HERE, **SCANS)).reading.condition is condition


def test_full_processors_of_the_service_are_no_work_of_a_datastore_elsewhere() -> None:
    full = Load(elu=0.95, cpu=0.9, rps=40, latency=1.5, spread=0.0)
    plain = snapshot(full, full, name="checkout", machine=Machine(cores=2, cpu=0.97))
    called = with_part(plain, PartKind.POOL, "postgresql db.internal:5432/shop", used=1.0)
    told = SCANS | {"active": 10.0, "hits": 3e5}
    seen = with_part(called, PartKind.DATASTORE, "postgresql db.internal 5432 shop", **told)
    seen = with_window(seen, limits={"datastore-read-bound": {"cores": 8.0}})
    found = {ruling.rule: ruling for ruling in judge(seen, {}).rulings}
    assert found["datastore-read-bound"].reading.condition is Condition.OVER
    assert found["host-cpu-saturated"].reading.condition is Condition.OVER
    assert found["host-cpu-saturated"].held_back_by == ""
