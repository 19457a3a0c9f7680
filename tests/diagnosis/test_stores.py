"""Which datastore the rules judge, and what they say where none tells its sessions."""

from __future__ import annotations

import math

import pytest

from advisor.diagnosis import Condition, Reading, stores
from advisor.features import Snapshot
from advisor.features.datastores import used_by
from advisor.vocabulary import PartKind
from tests.additions import with_cores, with_part
from tests.builders import Load, Machine, snapshot

SHOP, AUDIT = "postgresql 127.0.0.1 5432 shop", "postgresql 127.0.0.1 5433 audit"


def _seen(name: str = SHOP, active: float = 1.0) -> Snapshot:
    return with_part(snapshot(Load(), machine=Machine(cores=2)), PartKind.DATASTORE, name, active=active)


def _judged(seen: Snapshot) -> stores.Judged | Reading:
    return stores.judged(seen, 300.0, 0.5, lambda store, _p95: stores.told(store))


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
        "Cores of the machine of postgresql 10.0.0.5 5432", "200 requests in five minutes",
    ]  # fmt: skip


def test_fewer_sessions_on_fewer_cores_may_be_the_greater_load() -> None:
    seen = with_cores(snapshot(Load(), hosts=2), 16, 2)
    for name, active in (("postgresql web-1 5432 a", 6.0), ("postgresql web-2 5432 b", 4.0)):
        seen = with_part(seen, PartKind.DATASTORE, name, active=active)
    known = used_by(seen, 300.0)
    found = stores.most_loaded(known)
    assert found is not None
    assert (found.name, found.load) == ("postgresql web-2 5432", 2.0)
    assert stores.most_loaded(()) is None


def test_where_no_cores_are_known_the_most_active_comes_first() -> None:
    seen = with_part(snapshot(Load()), PartKind.POOL, "postgresql db:5432/shop", used=1.0)
    for name, active in (("postgresql 10.0.0.5 5432 a", 2.0), ("postgresql 10.0.0.6 5432 b", 3.0)):
        seen = with_part(seen, PartKind.DATASTORE, name, active=active)
    found = stores.most_loaded(used_by(seen, 300.0))
    assert found is not None
    assert found.name == "postgresql 10.0.0.6 5432"
