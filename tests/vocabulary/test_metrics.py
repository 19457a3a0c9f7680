"""metrics: the table that the store, ingest and the judge read must not contradict itself."""

from __future__ import annotations

import re
from collections import defaultdict

import pytest

from advisor.vocabulary import COLUMNS, Column, Combine, Entity, Facet, Kind, PartKind, column, columns_of
from advisor.vocabulary.metrics import HISTOGRAMS

UNITS = re.compile(r"^(s|By|1|\{[a-z_]+\})$")


def test_names_are_unique_within_a_process_and_a_host() -> None:
    for entity in (Entity.PROCESS, Entity.HOST):
        names = [c.name for c in COLUMNS if c.entity is entity]
        assert len(names) == len(set(names))
        assert columns_of(entity) == tuple(names)


def test_names_are_unique_within_a_kind_of_part() -> None:
    """Datastores of two systems share columns: one row is never of both."""
    seen: dict[tuple[PartKind | None, str], list[str]] = defaultdict(list)
    for c in COLUMNS:
        if c.entity is Entity.PART:
            system = next((word for word in ("postgresql", "redis") if word in c.metric), "")
            seen[c.part, system].append(c.name)
    assert all(len(names) == len(set(names)) for names in seen.values())
    assert {part for part, _ in seen} == set(PartKind)


def test_a_column_that_kinds_of_parts_share_is_an_increase_in_all_of_them_or_in_none() -> None:
    shared: dict[str, set[bool]] = defaultdict(set)
    for c in COLUMNS:
        if c.entity is Entity.PART:
            shared[c.name].add(c.is_increase)
    assert {name for name, kinds in shared.items() if len(kinds) > 1} == set()


@pytest.mark.parametrize("c", COLUMNS, ids=lambda c: f"{c.entity}-{c.part or ''}-{c.name}")
def test_each_column_is_well_formed(c: Column) -> None:
    assert UNITS.match(c.unit)
    assert re.fullmatch(r"[a-z][a-z0-9_]*", c.name)
    assert c.brief
    assert not c.brief[0].islower()
    assert (c.facet is not Facet.VALUE) == (c.kind is Kind.HISTOGRAM)
    assert (c.part is not None) == (c.entity is Entity.PART) == bool(c.named_by)


def test_no_two_columns_of_an_entity_take_the_same_points() -> None:
    taken = set()
    for c in COLUMNS:
        for value in c.where.items() or [("", ())]:
            key = (c.entity, c.part, c.metric, c.facet, value[0], value[1])
            assert key not in taken
            taken.add(key)


def test_increases_are_told_from_levels() -> None:
    assert column(Entity.PROCESS, "cpu_main").is_increase
    assert column(Entity.PROCESS, "request_time").is_increase
    assert not column(Entity.PROCESS, "gc_pause_max").is_increase
    assert not column(Entity.PROCESS, "memory_rss").is_increase
    assert not column(Entity.HOST, "load_1m").is_increase


def test_what_is_no_sum_is_combined_by_its_maximum() -> None:
    for name in ("loop_utilization", "loop_delay_max", "loop_resolution", "uptime"):
        assert column(Entity.PROCESS, name).combine is Combine.MAX
    assert column(Entity.HOST, "uptime").combine is Combine.MAX


def test_whole_distributions_belong_to_histograms() -> None:
    kinds = {c.metric: c.kind for c in COLUMNS}
    assert all(kinds[metric] is Kind.HISTOGRAM for metric in HISTOGRAMS)


def test_an_unknown_column_is_an_error() -> None:
    with pytest.raises(KeyError):
        column(Entity.PROCESS, "mood")
