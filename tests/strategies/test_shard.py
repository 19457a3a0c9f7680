"""shard: only for writes or data beyond what one server can take, and never before."""

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

WRITING, DISK = "datastore-write-bound", "disk-filling"
STORE = "postgresql 127.0.0.1 5432 shop"
TB = 1e12

offered = partial(rulings.offered, "shard")
refused = partial(rulings.refused, "shard")


def writing(active: float, locked: float, time_scale: float = 1.0) -> Snapshot:
    plain = snapshot(Load(), machine=Machine(cores=2), time_scale=time_scale)
    return with_part(plain, PartKind.DATASTORE, STORE, active=active, pending=locked, pending_disk=0.0,
                     pending_inside=0.0)  # fmt: skip


def filled(used: float) -> Snapshot:
    return with_part(snapshot(Load()), PartKind.DISK, "/data", used=used, capacity=16 * TB)


@pytest.mark.parametrize("rule", [rule for rule in rulings.ALL if rule not in (WRITING, DISK)])
def test_no_other_trouble_is_mended_by_splitting_data(rule: str) -> None:
    both = with_part(writing(200.0, 200.0), PartKind.DISK, "/data", used=15 * TB, capacity=16 * TB)
    assert "42%" in refused(rule, both)


@pytest.mark.parametrize("time_scale", [1.0, 5.0])
def test_writes_beyond_the_largest_server_are_split(time_scale: float) -> None:
    found = offered(WRITING, writing(80.0, 60.0, time_scale))
    assert found.family is Family.SHARDING
    assert found.title == "Split postgresql 127.0.0.1 5432 over 2 servers"
    each = expected(found, "db_active")
    assert [each.now, each.low, each.high] == pytest.approx([80.0, 40.0, 80 * (0.9 / 2 + 0.1)])
    assert "were looked at first" in found.check_first


@pytest.mark.parametrize(("locked", "is_split"), [(44.0, False), (45.0, True)])
def test_just_under_and_just_over_what_one_server_takes(locked: float, is_split: bool) -> None:
    seen = writing(60.0, locked)
    if is_split:
        assert offered(WRITING, seen)
    else:
        assert refused(WRITING, seen).endswith("one server of 64 cores takes 45.")


def test_a_small_server_that_writing_holds_up_is_made_larger_instead() -> None:
    assert "Writing keeps 3 sessions" in refused(WRITING, writing(4.0, 3.0))


@pytest.mark.parametrize("seen", [snapshot(), writing(math.nan, 1.0)])
def test_without_figures_of_the_datastore_nobody_knows(seen: Snapshot) -> None:
    assert refused(WRITING, seen).startswith("0 datastores")


def test_data_beyond_the_largest_volume_is_split() -> None:
    found = offered(DISK, filled(12 * TB))
    assert "over 2 servers" in found.title
    assert expected(found, "disk_used").low == pytest.approx(6 * TB)


@pytest.mark.parametrize("used", [40e9, 11 * TB])
def test_data_that_fits_a_larger_volume_is_not_split(used: float) -> None:
    assert "one volume can hold 16,000 GB" in refused(DISK, filled(used))


def test_a_host_without_volumes_is_not_split() -> None:
    assert refused(DISK, snapshot()).startswith("0 volumes")


def test_it_is_never_as_sure_as_the_finding() -> None:
    assert offered(WRITING, writing(80.0, 60.0)).confidence == pytest.approx(0.45)
