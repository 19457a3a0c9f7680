"""store_memory: only databases on the machine itself, and only with figures."""

from __future__ import annotations

import math

import pytest

from advisor.features.store_memory import local_stores, memory_used
from advisor.vocabulary import PartKind
from tests.additions import with_part
from tests.builders import Machine, snapshot


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("postgresql 127.0.0.1 5432 shop", True),
        ("postgresql /var/run/postgresql 5432 shop", True),
        ("postgresql web-1 5432 shop", True),
        ("postgresql 10.0.0.5 5432 shop", False),
        ("postgresql", False),
    ],
)
def test_only_a_database_of_the_machine_itself_counts(name: str, found: bool) -> None:
    seen = with_part(snapshot(), PartKind.DATASTORE, name, size=20e9, hits=900.0, misses=100.0)
    stores = local_stores(seen, 300.0)
    assert bool(stores) is found
    assert all((s.size, s.misses, s.missing) == (20e9, 10.0, 0.1) for s in stores)


@pytest.mark.parametrize("figures", [(math.nan, 900.0, 100.0), (20e9, 0.0, 0.0), (20e9, math.nan, math.nan)])
def test_without_figures_nothing_is_said(figures: tuple[float, float, float]) -> None:
    size, hits, misses = figures
    seen = with_part(snapshot(), PartKind.DATASTORE, "postgresql ::1 5432 a", size=size, hits=hits, misses=misses)
    assert local_stores(seen, 300.0) == ()


def test_memory_in_use_is_what_is_not_to_be_had() -> None:
    assert memory_used(snapshot(machine=Machine(memory=8e9, available=2e9)).machines[0], 60.0) == (6e9, 8e9)
