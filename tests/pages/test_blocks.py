from __future__ import annotations

from dataclasses import replace

from advisor.pages.blocks import FUNCTIONS_SHOWN, block_rows, newest_profile
from advisor.store.samples import StoredEvent
from advisor.vocabulary.events import BLOCKED, PROFILED, STARTED

BLOCK = StoredEvent(
    BLOCKED.name, 100.0, 1, 42, "web-01", 0, 0.3, cause="code", function="render", file="/srv/app.js", line=12
)
SAMPLE = StoredEvent(
    PROFILED.name, 100.0, 1, 42, "web-01", 0, share=0.6, function="render", file="/srv/app.js", line=12
)


def test_blocks_are_grouped_by_place_and_the_dearest_stands_first() -> None:
    other = replace(BLOCK, function="parse", line=80, duration=0.4)
    first, second = block_rows([other, BLOCK, replace(BLOCK, at=200.0, duration=0.5, instance_id=2)])
    assert (first.title, first.is_code, first.file, first.line) == ("render", True, "/srv/app.js", 12)
    assert (first.count, first.longest, first.together, first.last) == (2, 0.5, 0.8, 200)
    assert (second.title, second.count) == ("parse", 1)


def test_garbage_collection_is_told_apart_from_code() -> None:
    rows = block_rows([replace(BLOCK, cause="gc", function=None, file=None, line=None), BLOCK])
    assert {(row.title, row.is_code, row.file) for row in rows} == {
        ("Garbage collection", False, ""),
        ("render", True, "/srv/app.js"),
    }


def test_a_block_without_a_place_says_that_nobody_could_see_who() -> None:
    (row,) = block_rows([replace(BLOCK, cause=None, function=None, file=None, line=None, duration=None)])
    assert (row.title, row.is_code, row.longest) == ("Nobody could see who", False, 0)


def test_a_place_without_a_name_is_an_anonymous_function() -> None:
    (row,) = block_rows([replace(BLOCK, function=None)])
    assert (row.title, row.file) == ("(anonymous)", "/srv/app.js")


def test_other_events_are_no_blocks() -> None:
    assert block_rows([replace(BLOCK, name=STARTED.name), SAMPLE]) == []


def test_the_newest_profile_is_shown_of_one_process_alone() -> None:
    samples = [
        replace(SAMPLE, at=50.0, function="before"),
        replace(SAMPLE, share=0.1, ordinal=1, function="parse"),
        SAMPLE,
        replace(SAMPLE, at=99.0, instance_id=2, function="elsewhere"),
    ]
    profile = newest_profile([BLOCK, *samples])
    assert profile is not None
    assert (profile.time, profile.host, profile.pid) == (100, "web-01", 42)
    assert [(row.title, row.share) for row in profile.functions] == [("render", 0.6), ("parse", 0.1)]


def test_a_profile_names_only_the_dearest_functions() -> None:
    profile = newest_profile([replace(SAMPLE, ordinal=n, share=0.01 * n) for n in range(40)])
    assert profile is not None
    assert len(profile.functions) == FUNCTIONS_SHOWN
    assert profile.functions[0].share == 0.39


def test_without_samples_there_is_no_profile() -> None:
    assert newest_profile([BLOCK]) is None
