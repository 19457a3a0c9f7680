"""Datastores: which belong to a service, their load, and how much of it writes; nothing is guessed."""

from __future__ import annotations

import math

import pytest

from advisor.features import Snapshot
from advisor.features.datastores import used_by
from advisor.vocabulary import PartKind
from tests.additions import with_part
from tests.builders import Load, Machine, snapshot

HERE, AWAY = "postgresql 127.0.0.1 5432 shop", "postgresql 10.0.0.5 5432 shop"
TOLD = {"active": 4.0, "pending": 1.0, "pending_disk": 2.0, "pending_inside": 0.0, "wal": 8192e4, "misses": 1e4,
        "hits": 3e4, "lag": 2.0}  # fmt: skip


def _seen(name: str = HERE, time_scale: float = 1.0, **more: float) -> Snapshot:
    plain = snapshot(Load(), machine=Machine(cores=2, cpu=0.5), time_scale=time_scale)
    return with_part(plain, PartKind.DATASTORE, name, **TOLD | more)


@pytest.mark.parametrize("time_scale", [1.0, 5.0])
def test_load_is_sessions_for_each_core(time_scale: float) -> None:
    [store] = used_by(_seen(time_scale=time_scale), 300.0)
    assert (store.name, store.active, store.load) == ("postgresql 127.0.0.1 5432", 4.0, 2.0)
    assert (store.hit_ratio, store.lag) == (0.75, 2.0)


def test_a_wait_for_the_disk_is_shared_out_by_bytes() -> None:
    assert used_by(_seen(), 300.0)[0].write_share == pytest.approx((1 + 2 * 0.5) / 4)
    assert used_by(_seen(wal=0.0), 300.0)[0].write_share == pytest.approx(1 / 4)


def test_who_says_what_it_waits_for_is_believed_and_the_others_are_shared_out() -> None:
    """Flushes of a log that hardly grows hold up who commits line by line, whatever else is read meanwhile."""
    flushes = used_by(_seen(wal=8192.0, pending_write=2.0, pending_read=0.0), 300.0)[0]
    assert flushes.write_share == pytest.approx((1 + 2) / 4)
    assert flushes.read_share == pytest.approx(1 / 4)
    reads = used_by(_seen(misses=1.0, pending_write=0.0, pending_read=2.0), 300.0)[0]
    assert reads.write_share == pytest.approx(1 / 4)
    assert reads.read_share == pytest.approx((2 + 1) / 4)
    both = used_by(_seen(pending_write=1.0, pending_read=0.0), 300.0)[0]
    assert both.write_share == pytest.approx((1 + 1 + 1 * 0.5) / 4)
    assert both.fetching == pytest.approx(0.5)


def test_a_server_that_computes_does_not_write() -> None:
    assert used_by(_seen(pending=0.0, pending_disk=0.0, wal=8192e6), 300.0)[0].write_share == 0.0


def test_who_waits_for_blocks_reads_and_who_computes_does_if_it_looks_up_much() -> None:
    assert used_by(_seen(), 300.0)[0].read_share == pytest.approx((2 * 0.5 + 1) / 4)
    assert used_by(_seen(hits=0.0, misses=10.0), 300.0)[0].read_share == pytest.approx(0.0, abs=0.01)
    assert math.isnan(used_by(_seen(active=0.0), 300.0)[0].read_share)


def test_disk_and_processors_are_those_of_its_machine() -> None:
    plain = _seen()
    spans = plain.window.hosts[0].track.spans
    assert math.isnan(used_by(plain, 300.0)[0].disk)
    seen = with_part(with_part(plain, PartKind.DISK, "sda", busy=0.7 * spans), PartKind.PROGRAM, "postgres",
                     busy=0.6 * spans)  # fmt: skip
    [store] = used_by(seen, 300.0)
    assert store.disk == pytest.approx(0.7)
    assert store.own == pytest.approx(0.6, abs=0.02)


def test_databases_of_one_server_add_up_but_for_its_log() -> None:
    [store] = used_by(with_part(_seen(), PartKind.DATASTORE, "postgresql 127.0.0.1 5432 audit", **TOLD), 300.0)
    one = used_by(_seen(), 300.0)[0]
    assert (store.active, store.wal) == (8.0, one.wal)


@pytest.mark.parametrize(("name", "active"), [(HERE, [4.0, 4.0]), ("postgresql /run 5432 shop", [4.0, 4.0]),
                                              ("postgresql web-1 5432 shop", [4.0])])  # fmt: skip
def test_the_loopback_of_each_machine_is_a_server_of_its_own(name: str, active: list[float]) -> None:
    """A name is that of one machine, whoever tells of it: four sessions that two agents see are four."""
    seen = with_part(snapshot(Load(), machine=Machine(cores=2), hosts=2), PartKind.DATASTORE, name, **TOLD)
    found = used_by(with_part(seen, PartKind.POOL, "postgresql web-1:5432/shop", used=1.0), 300.0)
    assert [store.active for store in found] == active


@pytest.mark.parametrize(("pool", "count"), [("postgresql db:5432/shop", 1), ("postgresql db:6432/shop", 0)])
def test_one_elsewhere_counts_where_a_pool_leads_to_it(pool: str, count: int) -> None:
    found = used_by(with_part(_seen(AWAY), PartKind.POOL, pool, used=1.0), 300.0)
    assert len(found) == count
    assert all(math.isnan(store.load) for store in found)


def test_a_replica_of_the_server_tells_its_lag() -> None:
    seen = with_part(_seen(), PartKind.REPLICA, f"{HERE} 10.0.0.9", lag=30.0)
    assert used_by(seen, 300.0)[0].lag == 30.0


def test_sessions_whose_waits_nobody_tells_are_held_up_by_nothing_that_is_known() -> None:
    silent = _seen(pending=math.nan, pending_disk=math.nan, pending_inside=math.nan, pending_write=math.nan)
    [store] = used_by(silent, 300.0)
    assert store.active == 4.0
    assert math.isnan(store.write_share)
    assert math.isnan(store.read_share)


def test_what_is_not_reported_is_not_known() -> None:
    [store] = used_by(_seen(active=math.nan), 300.0)
    assert math.isnan(store.load)
    assert math.isnan(store.write_share)
    assert used_by(snapshot(Load()), 300.0) == ()


def test_of_several_agents_the_one_on_its_machine_knows_its_cores() -> None:
    seen = with_part(snapshot(Load(), machine=Machine(cores=2), hosts=2), PartKind.DATASTORE,
                     "postgresql web-2 5432 shop", **TOLD)  # fmt: skip
    [store] = used_by(with_part(seen, PartKind.POOL, "postgresql web-2:5432/shop", used=1.0), 300.0)
    assert (store.machine, store.active, store.load) == ("web-2", 4.0, 2.0)


def test_processors_of_which_no_program_is_told_are_nobody_s() -> None:
    [store] = used_by(_seen(), 300.0)
    assert math.isnan(store.own)
    spans = _seen().window.hosts[0].track.spans
    [told] = used_by(with_part(_seen(), PartKind.PROGRAM, "postgres", busy=2.0 * spans), 300.0)
    assert told.own == 1.0
