"""read-replica: where reading is what is short and a replica keeps up; never for writes, pools or computing."""

from __future__ import annotations

import math
from functools import partial

import pytest

from advisor.features import Snapshot
from advisor.vocabulary import Family, PartKind
from tests import rulings
from tests.additions import with_part
from tests.answers import expected
from tests.builders import Load, Machine, snapshot

READING = "datastore-read-bound"
STORE = "postgresql 127.0.0.1 5432 shop"
SCANS = {"active": 4.0, "pending": 0.0, "pending_disk": 0.0, "pending_inside": 0.0, "wal": 1e4, "misses": 10.0,
         "hits": 1e5}  # fmt: skip

offered = partial(rulings.offered, "read-replica", READING)
refused = partial(rulings.refused, "read-replica")


def reading(name: str = STORE, time_scale: float = 1.0, **more: float) -> Snapshot:
    plain = snapshot(Load(elu=0.2, rps=40, latency=1.5), machine=Machine(cores=2), time_scale=time_scale)
    return with_part(plain, PartKind.DATASTORE, name, **SCANS | more)


@pytest.mark.parametrize("rule", [rule for rule in rulings.ALL if rule != READING])
def test_no_other_trouble_is_mended_by_a_copy_of_the_data(rule: str) -> None:
    assert "42%" in refused(rule, reading())


@pytest.mark.parametrize("time_scale", [1.0, 5.0])
def test_reads_that_may_be_old_leave_the_primary(time_scale: float) -> None:
    found = offered(reading(time_scale=time_scale))
    assert found.family is Family.CLONING
    assert found.title == "Let reads of postgresql 127.0.0.1 5432 go to 1 to 3 replicas"
    assert "4 sessions are active on 2 cores, and 100% of them read" in found.why
    left = expected(found, "db_active")
    assert [left.now, left.low, left.high] == pytest.approx([4.0, 0.8, 2.8])


@pytest.mark.parametrize(("active", "words"), [(1.4, "1 replica"), (1.6, "1 to 2 replicas"), (8.1, "3 to 6 replicas")])
def test_as_many_as_carry_what_moves(active: float, words: str) -> None:
    assert offered(reading(active=active)).title.endswith(words)


def test_the_steps_hold_an_address_that_another_machine_can_reach() -> None:
    """On the machine itself the agent calls it 127.0.0.1, where a replica would find its own server."""
    seen = reading(wal=1e6)
    [copy] = [step.code for step in offered(seen).steps if step.file.startswith("sh")]
    assert f"pg_basebackup -h {seen.machines[0].name} -p 5432 " in copy


def test_the_log_of_four_hours_is_kept_for_a_replica_that_is_away() -> None:
    """Rows are of ten seconds: 1 MB of log a second."""
    for wal, kept in ((1e7, 14), (math.nan, 1), (0.0, 1)):
        [made] = [step.code for step in offered(reading(wal=wal)).steps if step.file == "psql on the primary"][:1]
        assert f"max_slot_wal_keep_size = '{kept}GB'" in made


def test_the_most_loaded_is_meant_as_in_the_rule() -> None:
    idle = with_part(reading(active=2.0), PartKind.DATASTORE, "postgresql 127.0.0.1 5433 audit", **SCANS)
    assert "5433" in offered(idle).title


def test_sessions_that_compute_do_not_move_to_a_replica() -> None:
    assert refused(READING, reading(hits=10.0)).startswith("Of 4 active sessions of postgresql 127.0.0.1 5432 0% read")


def test_one_statement_that_takes_much_is_mended_first() -> None:
    seen = with_part(reading(), PartKind.STATEMENT, f"{STORE} SELECT * FROM items", count=100.0, duration=9.0)
    alone = offered(reading())
    found = offered(seen)
    assert found.confidence < alone.confidence
    assert "tune it first" in found.why
    assert "Its cache misses" not in found.why
    cold = with_part(reading(misses=1e4), PartKind.STATEMENT, f"{STORE} SELECT * FROM items", count=100.0, duration=9.0)
    assert "Its cache misses 9.1% of look-ups" in offered(cold).why


def test_a_replica_repeats_what_is_written() -> None:
    assert "31%" in refused(READING, reading(pending=1.24))
    assert offered(reading(pending=1.1))


def test_one_that_falls_behind_helps_nobody() -> None:
    assert "less than 10 s" in refused(READING, reading(lag=10.5))
    assert offered(reading(lag=9.5))


@pytest.mark.parametrize("seen", [
    snapshot(), reading(active=math.nan), with_part(snapshot(), PartKind.DATASTORE, "redis 127.0.0.1 6379", used=1.0),
])  # fmt: skip
def test_without_a_postgresql_that_tells_its_sessions_there_is_none_to_follow(seen: Snapshot) -> None:
    assert refused(READING, seen).startswith("Of ")


def test_it_asks_what_may_be_old() -> None:
    assert "follow an own write" in offered(reading()).check_first
    assert "money, stock or access" in offered(reading()).check_first
