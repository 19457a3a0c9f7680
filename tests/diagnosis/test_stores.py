"""Which datastore the rules judge, and what they say where none tells its sessions."""

from __future__ import annotations

import math

import pytest

from advisor.diagnosis import Condition, Reading, at_least, stores
from advisor.features import Snapshot
from advisor.vocabulary import PartKind
from tests.additions import with_cores, with_part
from tests.builders import Load, Machine, snapshot
from tests.rulings import firing

SHOP, AUDIT = "postgresql 127.0.0.1 5432 shop", "postgresql 127.0.0.1 5433 audit"


def _seen(name: str = SHOP, active: float = 1.0) -> Snapshot:
    return with_part(snapshot(Load(), machine=Machine(cores=2)), PartKind.DATASTORE, name, active=active)


def _judged(seen: Snapshot, cores: float = 0.0) -> stores.Judged | Reading:
    return stores.judged(seen, 300.0, 0.5, cores, lambda store, _p95: stores.told(store))


def test_the_most_loaded_is_judged() -> None:
    found = _judged(with_part(_seen(active=1.0), PartKind.DATASTORE, AUDIT, active=3.0))
    assert isinstance(found, stores.Judged)
    assert (found.store.name, found.store.load) == ("postgresql 127.0.0.1 5433", 1.5)
    assert found.evidence == stores.told(found.store)


def test_one_that_should_tell_and_does_not_is_not_judged() -> None:
    found = _judged(_seen(active=math.nan))
    assert isinstance(found, Reading)
    assert found.condition is Condition.UNKNOWN
    assert "DSN" in found.missing[0]


@pytest.mark.parametrize(("cores", "condition"), [(0.6, Condition.UNKNOWN), (0.4, Condition.UNDER)])
def test_a_busy_database_program_has_to_tell(cores: float, condition: Condition) -> None:
    plain = snapshot(Load())
    found = _judged(with_part(plain, PartKind.PROGRAM, "mysqld", busy=cores * plain.window.hosts[0].track.spans))
    assert isinstance(found, Reading)
    assert found.condition is condition


def test_what_is_missing_is_said() -> None:
    away = with_part(snapshot(Load(rps=0.1)), PartKind.DATASTORE, "postgresql 10.0.0.5 5432 shop", active=1.0)
    found = _judged(with_part(away, PartKind.POOL, "postgresql db:5432/shop", used=1.0))
    assert isinstance(found, Reading)
    assert found.condition is Condition.UNKNOWN
    assert found.evidence
    assert [words.partition(":")[0] for words in found.missing] == [
        "Cores of the machine of postgresql 10.0.0.5 5432", "200 requests in 11 minutes",
    ]  # fmt: skip


def test_fewer_sessions_on_fewer_cores_may_be_the_greater_load() -> None:
    seen = with_cores(snapshot(Load(), hosts=2), 16, 2)
    for name, active in (("postgresql web-1 5432 a", 6.0), ("postgresql web-2 5432 b", 4.0)):
        seen = with_part(seen, PartKind.DATASTORE, name, active=active)
    first, _ = stores.used(seen, firing("datastore-read-bound"), 300.0)
    assert (first.name, first.load) == ("postgresql web-2 5432", 2.0)


def test_where_no_cores_are_known_the_most_active_comes_first() -> None:
    seen = with_part(snapshot(Load()), PartKind.POOL, "postgresql db:5432/shop", used=1.0)
    for name, active in (("postgresql 10.0.0.5 5432 a", 2.0), ("postgresql 10.0.0.6 5432 b", 3.0)):
        seen = with_part(seen, PartKind.DATASTORE, name, active=active)
    first, _ = stores.used(seen, firing("datastore-read-bound"), 300.0)
    assert first.name == "postgresql 10.0.0.6 5432"


def test_strategies_mean_the_one_that_the_rule_judged_by_cores_that_somebody_set() -> None:
    """The local one has half a session for each core, and the other two for each of four."""
    seen = with_part(_elsewhere(8.0), PartKind.DATASTORE, SHOP, active=1.0)
    ruling = firing("datastore-read-bound", at_least(stores.LOAD, "", 2.0, "", 1.0, "postgresql 10.0.0.5 5432"))
    assert [(one.name, one.load) for one in stores.used(seen, ruling, 300.0)] == [
        ("postgresql 10.0.0.5 5432", 2.0),
        ("postgresql 127.0.0.1 5432", 0.5),
    ]
    assert stores.used(seen, firing("datastore-read-bound"), 300.0)[0].name == "postgresql 127.0.0.1 5432"


def _elsewhere(active: float) -> Snapshot:
    seen = with_part(snapshot(Load(), machine=Machine(cores=2)), PartKind.POOL, "postgresql db:5432/shop", used=1.0)
    return with_part(seen, PartKind.DATASTORE, "postgresql 10.0.0.5 5432 a", active=active)


def test_a_datastore_elsewhere_has_the_cores_that_somebody_set() -> None:
    found = _judged(_elsewhere(6.0), cores=4.0)
    assert isinstance(found, stores.Judged)
    assert found.store.load == 1.5


def test_without_them_it_is_said_where_to_set_them() -> None:
    found = _judged(_elsewhere(6.0))
    assert isinstance(found, Reading)
    assert 'set its limit "Cores" for this service' in found.missing[0]


def test_cores_that_are_told_count_whatever_is_set() -> None:
    found = _judged(_seen(active=3.0), cores=64.0)
    assert isinstance(found, stores.Judged)
    assert found.store.load == 1.5
