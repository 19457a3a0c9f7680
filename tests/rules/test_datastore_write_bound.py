"""datastore-write-bound: a primary that writing holds up while users wait, and the busy or idle ones that are fine."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
import pytest

from advisor.diagnosis import Condition, RuleState
from advisor.engine import RULES, judge
from advisor.features import Snapshot
from advisor.vocabulary import PartKind, Severity, Verdict
from tests.additions import with_part, with_window
from tests.answers import rejection, ruled
from tests.builders import NOW, Load, Machine, Senders, service, snapshot

HERE = "postgresql 127.0.0.1 5432 shop"
WRITES = {"active": 4.0, "pending": 2.0, "pending_disk": 1.0, "pending_inside": 0.0, "wal": 4e8, "misses": 10.0,
          "hits": 1e6, "lag": 0.5}  # fmt: skip
rule = partial(ruled, "datastore-write-bound")


def _seen(
    latency: float = 1.5, name: str = HERE, seed: int = 1, time_scale: float = 1.0, senders: Senders | None = None,
    noise: float = 0.02, **more: float,
) -> Snapshot:  # fmt: skip
    load = Load(elu=0.2, rps=40, latency=latency, spread=0.0, noise=noise)
    plain = snapshot(load, name="checkout", machine=Machine(cores=2, cpu=0.4), seed=seed, time_scale=time_scale,
                     senders=senders)  # fmt: skip
    return with_part(plain, PartKind.DATASTORE, name, **WRITES | more)


def _through(burst: float, time_scale: float, step: float = 30.0) -> list[Verdict]:
    """The rule's verdicts round by round while a burst of writes comes and goes; requests are slow all along."""
    load = Load(elu=0.2, rps=40, latency=1.5, spread=0.0)
    fast = Senders(interval=10.0 / time_scale)
    window = service(load, machine=Machine(cores=2, cpu=0.4), senders=fast, seconds=5400.0 / time_scale)
    times = window.hosts[0].track.times
    begin = NOW - 3600.0 / time_scale
    during = (times > begin) & (times <= begin + burst / time_scale)
    writes = WRITES | {"active": np.where(during, 40.0, 0.4), "pending": np.where(during, 30.0, 0.0),
                       "pending_disk": np.where(during, 10.0, 0.0)}  # fmt: skip
    whole = with_part(Snapshot(window, NOW, time_scale), PartKind.DATASTORE, HERE, **writes)
    state, verdicts = RuleState(), []
    for now in np.arange(begin - 300.0 / time_scale, NOW, step / time_scale):
        state = rule(Snapshot(whole.window, float(now), time_scale), state).state
        verdicts.append(state.verdict)
    return verdicts


@pytest.mark.parametrize("noise", [0.0, 0.02, 0.05])
@pytest.mark.parametrize("time_scale", [1.0, 5.0])
def test_fires_where_writing_holds_up_a_loaded_primary(noise: float, time_scale: float) -> None:
    found = rule(_seen(noise=noise, time_scale=time_scale))
    assert found.reading.condition is Condition.OVER
    assert found.verdict is Verdict.PENDING
    assert found.reading.confidence >= 0.5


@pytest.mark.parametrize(("figures", "condition"), [
    ({"pending_write": 3.0, "wal": 1e5, "misses": 1e6}, Condition.OVER),
    ({"pending_write": 0.0, "pending_read": 3.0, "wal": 4e8}, Condition.UNDER),
])  # fmt: skip
def test_who_waits_for_the_log_writes_however_little_and_who_waits_for_blocks_reads(
    figures: dict[str, float], condition: Condition
) -> None:
    told = rule(_seen(**{"pending": 0.0, "pending_disk": 3.0} | figures))  # type: ignore[arg-type]
    assert told.reading.condition is condition


def test_the_claim_names_the_server_with_its_numbers() -> None:
    found = rule(_seen()).reading
    assert found.claim.startswith("checkout: postgresql 127.0.0.1 5432 has 2 active sessions for each core, writing")
    assert found.severity is Severity.WARNING
    assert rule(_seen(latency=2.5)).reading.severity is Severity.CRITICAL


@pytest.mark.parametrize(("figures", "condition"), [
    ({"active": 2.02, "pending": 1.5}, Condition.OVER), ({"active": 1.9, "pending": 1.5}, Condition.BETWEEN),
    ({"active": 1.7, "pending": 1.5}, Condition.UNDER),
    ({"pending": 2.1, "pending_disk": 0.0}, Condition.OVER), ({"pending": 1.8, "pending_disk": 0.0}, Condition.BETWEEN),
    ({"pending": 1.5, "pending_disk": 0.0}, Condition.UNDER),
    ({"latency": 0.9}, Condition.BETWEEN), ({"latency": 0.7}, Condition.UNDER),
])  # fmt: skip
def test_just_over_and_just_under_its_levels(figures: dict[str, float], condition: Condition) -> None:
    assert rule(_seen(**figures)).reading.condition is condition  # type: ignore[arg-type]


@pytest.mark.parametrize("figures", [
    {"latency": 0.05},
    {"pending": 0.0, "pending_disk": 0.0},
    {"pending": 0.0, "pending_disk": 4.0, "wal": 1e5, "misses": 1e6},
    {"active": 0.0, "pending": 0.0, "pending_disk": 0.0, "hits": 1.0},
], ids=["busy without impact", "computes", "reads from the disk", "idle with few hits"])  # fmt: skip
def test_stays_silent_for_what_only_looks_like_it(figures: dict[str, float]) -> None:
    assert rule(_seen(**figures)).verdict is Verdict.CLEAR  # type: ignore[arg-type]


@pytest.mark.parametrize("time_scale", [1.0, 5.0])
@pytest.mark.parametrize("minutes", [2.0, 5.0])
def test_stays_silent_through_the_burst_of_a_checkpoint_or_a_vacuum(minutes: float, time_scale: float) -> None:
    verdicts = _through(60.0 * minutes, time_scale)
    assert Verdict.PENDING in verdicts
    assert Verdict.FIRING not in verdicts
    assert verdicts[-1] is Verdict.CLEAR


@pytest.mark.parametrize("time_scale", [1.0, 5.0])
def test_fires_through_half_an_hour_of_the_same_writes_and_clears_after_it(time_scale: float) -> None:
    verdicts = _through(1800.0, time_scale)
    assert Verdict.FIRING in verdicts
    assert verdicts[-1] is Verdict.CLEAR


def test_a_service_without_a_datastore_is_clear() -> None:
    found = rule(snapshot(Load(elu=0.2, latency=1.5)))
    assert found.verdict is Verdict.CLEAR
    assert [(e.label, e.value) for e in found.reading.evidence] == [("Datastores that report sessions here", 0.0)]


@pytest.mark.parametrize(("cores", "verdict"), [(0.9, Verdict.UNKNOWN), (0.1, Verdict.CLEAR)])
def test_a_busy_database_without_a_dsn_is_not_judged(cores: float, verdict: Verdict) -> None:
    plain = snapshot(Load())
    found = rule(with_part(plain, PartKind.PROGRAM, "postgres", busy=cores * plain.window.hosts[0].track.spans))
    assert found.verdict is verdict
    assert bool(found.reading.missing) is (verdict is Verdict.UNKNOWN)
    assert all("DSN" in words for words in found.reading.missing)


def test_a_server_whose_machine_is_not_known_is_not_judged() -> None:
    away = with_part(_seen(name="postgresql 10.0.0.5 5432 shop"), PartKind.POOL, "postgresql db:5432/shop", used=1.0)
    found = rule(away)
    assert found.verdict is Verdict.UNKNOWN
    assert 'elsewhere set its limit "Cores"' in found.reading.missing[0]


def test_a_gap_in_the_reports_is_no_proof_of_quiet() -> None:
    assert rule(_seen(active=math.nan)).verdict is Verdict.UNKNOWN


def test_redis_tells_no_sessions_and_is_not_judged_by_them() -> None:
    seen = with_part(snapshot(Load()), PartKind.DATASTORE, "redis 127.0.0.1 6379", used=5.0, hits=1.0, misses=9.0)
    found = rule(seen)
    assert found.verdict is Verdict.CLEAR
    assert found.reading.claim == "shop: 0 datastores that report sessions here"


def test_a_replica_that_falls_behind_makes_it_surer() -> None:
    assert rule(_seen(lag=10.5)).reading.confidence > rule(_seen(lag=0.5)).reading.confidence


def test_a_cache_is_rejected_aloud_with_the_share_of_writes() -> None:
    assert "cache" in RULES["datastore-write-bound"].suggests
    for pending, disk, share in ((2.0, 1.0, "75%"), (1.8, 0.0, "45%")):
        answer = rejection("cache", "datastore-write-bound", _seen(pending=pending, pending_disk=disk))
        assert answer.startswith(f"Writing holds up {share} of the sessions of postgresql 127.0.0.1 5432")


@pytest.mark.parametrize(("name", "held_back_by"), [
    ("postgresql db.internal 5432 shop", ""), (HERE, "host-cpu-saturated"),
])  # fmt: skip
def test_it_follows_from_full_processors_of_its_own_machine_only(name: str, held_back_by: str) -> None:
    full = Load(elu=0.95, cpu=0.9, rps=40, latency=1.5, spread=0.0)
    plain = snapshot(full, full, name="checkout", machine=Machine(cores=2, cpu=0.97))
    called = with_part(plain, PartKind.POOL, "postgresql db.internal:5432/shop", used=1.0)
    beside = with_part(called, PartKind.PROGRAM, "postgres", busy=0.1 * plain.window.hosts[0].track.spans)
    seen = with_part(beside, PartKind.DATASTORE, name, **WRITES)
    seen = with_window(seen, limits={"datastore-write-bound": {"cores": 2.0}})
    found = next(one for one in judge(seen, {}).rulings if one.rule == "datastore-write-bound")
    assert found.reading.condition is Condition.OVER
    assert found.held_back_by == held_back_by
