"""shard: only for writes or data beyond the largest server, with a key, and never before all that is cheaper."""

from __future__ import annotations

import math
import re
from functools import partial

import pytest

from advisor.diagnosis import Option
from advisor.engine import STRATEGIES
from advisor.features import Snapshot
from advisor.vocabulary import Family, PartKind
from tests import rulings
from tests.additions import with_part
from tests.answers import expected
from tests.builders import Load, Machine, snapshot

WRITING, DISK = "datastore-write-bound", "disk-filling"
STORE = "postgresql 127.0.0.1 5432 shop"
LARGEST = 2.0**46
KEYED, BARE = "INSERT INTO orders (tenant_id, id) VALUES ($1, $2)", "SELECT * FROM orders WHERE id = $1"

offered = partial(rulings.offered, "shard")
refused = partial(rulings.refused, "shard")


def plain(cores: float = 64.0, time_scale: float = 1.0, **store: float) -> Snapshot:
    seen = snapshot(Load(), machine=Machine(cores=cores), time_scale=time_scale)
    return with_part(seen, PartKind.DATASTORE, STORE, **store)


def writing(held_up: float = 60.0, locked: float = 0.0, active: float = 80.0, cores: float = 64.0,
            time_scale: float = 1.0) -> Snapshot:  # fmt: skip
    """A server whose sessions wait for its log, and nothing is read."""
    waits = {"pending": locked, "pending_disk": held_up, "pending_inside": 0.0, "wal": 4e9, "misses": 0.0, "hits": 1e6}
    return plain(cores, time_scale, active=active, **waits)


def keyed(seen: Snapshot, share: float = 1.0) -> Snapshot:
    """With this share of the calls that name the tenant."""
    for text, part in ((KEYED, share), (BARE, 1 - share)):
        seen = with_part(seen, PartKind.STATEMENT, f"{STORE} {text}", count=1000 * part, duration=10 * part)
    return seen


def filled(data: float, time_scale: float = 1.0) -> Snapshot:
    return plain(time_scale=time_scale, size=data)


@pytest.mark.parametrize("rule", [rule for rule in rulings.ALL if rule not in (WRITING, DISK)])
def test_no_other_trouble_is_mended_by_splitting_data(rule: str) -> None:
    both = with_part(keyed(writing()), PartKind.DATASTORE, "postgresql 127.0.0.1 5433 audit", size=LARGEST)
    assert "42%" in refused(rule, both)


@pytest.mark.parametrize("time_scale", [1.0, 5.0])
def test_writes_beyond_the_largest_server_are_split(time_scale: float) -> None:
    found = offered(WRITING, keyed(writing(time_scale=time_scale), 0.95))
    assert found.family is Family.SHARDING
    assert found.title == "Split postgresql 127.0.0.1 5432 over 2 servers"
    assert "95% of the calls or more name tenant_id" in found.why
    sessions = expected(found, "db_active")
    assert [sessions.now, sessions.low, sessions.high] == pytest.approx([80.0, 40.0, 80 * (0.95 / 2 + 0.05)])
    assert "were looked at first" in found.check_first


def test_the_steps_cut_by_the_key_of_this_service() -> None:
    codes = [step.code for step in offered(WRITING, keyed(writing())).steps if step.code]
    by_key = [code for code in codes if re.search(r"calls\) FILTER|slot_of\(|PRIMARY KEY|REFERENCES|slot = \$1", code)]
    assert len(by_key) == 6
    assert all("tenant_id" in code for code in by_key)
    assert sum("SHARD_1_URL" in code and "SHARD_2_URL" not in code for code in codes) == 1


@pytest.mark.parametrize(("held_up", "is_split"), [(44.0, False), (45.0, True)])
def test_just_under_and_just_over_what_one_server_takes(held_up: float, is_split: bool) -> None:
    seen = keyed(writing(held_up))
    if is_split:
        assert offered(WRITING, seen)
    else:
        assert "keeps 44 sessions" in refused(WRITING, seen)
        assert refused(WRITING, seen).endswith("its 64 cores take 45.")


def test_sessions_that_wait_for_each_other_s_locks_would_wait_on_a_shard_too() -> None:
    seen = keyed(writing(held_up=5.0, locked=75.0))
    assert refused(WRITING, seen).startswith("Without the 75 sessions that wait for locks, writing keeps 5 sessions")


@pytest.mark.parametrize(("cores", "is_split"), [(2.0, False), (63.0, False), (64.0, True), (96.0, True)])
def test_a_smaller_server_is_made_larger_instead(cores: float, is_split: bool) -> None:
    seen = keyed(writing(held_up=200.0, active=220.0, cores=cores))
    if is_split:
        assert offered(WRITING, seen)
    else:
        assert refused(WRITING, seen).endswith("cores: a server of 64 comes first.")


@pytest.mark.parametrize(("others", "is_split"), [(20.0, False), (8.0, True)])
def test_databases_that_share_a_server_part_first(others: float, is_split: bool) -> None:
    told = {"active": others, "pending": 0.0, "pending_disk": 0.0, "pending_inside": 0.0}
    seen = with_part(keyed(writing()), PartKind.DATASTORE, "postgresql 127.0.0.1 5432 audit", **told)
    if is_split:
        assert offered(WRITING, seen)
    else:
        assert refused(WRITING, seen) == "The largest of 2 databases has 80%: a server for each comes first."


@pytest.mark.parametrize(("share", "is_split"), [(0.89, False), (0.91, True)])
def test_without_a_key_that_nearly_all_calls_name_it_is_not_split(share: float, is_split: bool) -> None:
    for rule, seen in ((WRITING, writing()), (DISK, filled(LARGEST))):
        if is_split:
            assert offered(rule, keyed(seen, share))
        else:
            assert "tenant_id, is in 89% of them" in refused(rule, keyed(seen, share))


@pytest.mark.parametrize("seen", [writing(), keyed(writing(), 0.0)])
def test_where_no_statement_is_told_of_nobody_knows_a_key(seen: Snapshot) -> None:
    assert refused(WRITING, seen).startswith("0 statements that name a key")


@pytest.mark.parametrize("seen", [snapshot(), writing(active=math.nan)])
def test_without_figures_of_the_datastore_nobody_knows(seen: Snapshot) -> None:
    assert refused(WRITING, keyed(seen)).startswith("0 datastores")


@pytest.mark.parametrize("time_scale", [1.0, 5.0])
def test_data_beyond_the_largest_volume_are_split(time_scale: float) -> None:
    found = offered(DISK, keyed(filled(0.75 * LARGEST, time_scale)))
    assert found.title == "Split the data of postgresql 127.0.0.1 5432 over 2 servers"
    assert expected(found, "db_size").low == pytest.approx(0.375 * LARGEST)


@pytest.mark.parametrize("data", [40e9, 16e12, 0.69 * LARGEST])
def test_data_that_fit_a_larger_volume_are_not_split(data: float) -> None:
    assert "one volume can hold 70,369 GB" in refused(DISK, keyed(filled(data)))


def test_a_disk_that_something_else_fills_is_not_split() -> None:
    logs = with_part(snapshot(Load()), PartKind.DISK, "/var/log", used=0.9 * LARGEST, capacity=LARGEST)
    assert refused(DISK, logs).startswith("0 datastores tell the size")
    assert "The data of postgresql 127.0.0.1 5432 are 40 GB" in refused(
        DISK, with_part(filled(40e9), PartKind.DISK, "/var/log", used=0.9 * LARGEST, capacity=LARGEST)
    )


def test_it_is_never_as_sure_as_the_finding() -> None:
    assert offered(WRITING, keyed(writing())).confidence == pytest.approx(0.45)


def test_every_answer_of_a_spoiled_window_is_finite() -> None:
    for odd in (math.nan, 0.0, 1.0, 4e9):
        seen = keyed(plain(active=odd, pending=odd, pending_disk=odd, wal=odd, misses=odd, hits=odd, size=odd))
        for rule in rulings.ALL:
            answer = STRATEGIES["shard"].answer(seen, rulings.firing(rule))
            if isinstance(answer, Option):
                assert all(0 <= (x or 0.0) < math.inf for e in answer.expected for x in (e.now, e.low, e.high)), odd
            else:
                assert any(character.isdigit() for character in answer.reason), (odd, rule, answer.reason)
