"""places: which code holds a loop, by events."""

from __future__ import annotations

import math
from typing import Any

import pytest

from advisor.features.places import blockers, collected, profiled
from advisor.vocabulary.events import BLOCKED, PROFILED
from tests.additions import happened, with_events
from tests.builders import snapshot

RENDER: dict[str, Any] = {"cause": "code", "function": "render", "file": "/srv/report.js", "line": 42}


def test_blocks_are_added_by_place_most_time_first() -> None:
    parse = RENDER | {"function": "parse", "line": 7}
    seen = with_events(
        snapshot(),
        happened(BLOCKED.name, 20, duration=0.5, **parse),
        happened(BLOCKED.name, 30, duration=0.4, **RENDER),
        happened(BLOCKED.name, 40, duration=0.4, **RENDER),
        happened(BLOCKED.name, 50, duration=0.7, cause="gc"),
    )
    first, second = blockers(seen, 600)
    assert (first.words, first.where) == ("render (report.js:42)", "/srv/report.js:42")
    assert second.function == "parse"
    assert [first.share, second.share] == pytest.approx([0.4, 0.25])
    assert collected(seen, 600) == pytest.approx(0.35)


def test_only_the_asked_process_and_span_count() -> None:
    old, other = happened(BLOCKED.name, 700, duration=1, **RENDER), happened(BLOCKED.name, 9, 11, duration=1, **RENDER)
    seen = with_events(snapshot(), old, other)
    assert blockers(seen, 600, 10) == ()
    assert len(blockers(seen, 600)) == 1
    assert math.isnan(collected(seen, 600, 10))


def test_a_time_scale_shortens_the_span() -> None:
    seen = with_events(snapshot(time_scale=5), happened(BLOCKED.name, 130, duration=1, **RENDER))
    assert blockers(seen, 600) == ()
    assert len(blockers(seen, 700)) == 1


def test_profiles_are_averaged() -> None:
    sample = {key: RENDER[key] for key in ("function", "file", "line")}
    seen = with_events(
        snapshot(),
        happened(PROFILED.name, 20, share=0.6, **sample),
        happened(PROFILED.name, 20, share=0.2, function="parse", file="/srv/a.js", line=1),
        happened(PROFILED.name, 80, share=0.4, **sample),
    )
    found = profiled(seen, 600)
    assert [place.function for place in found] == ["render", "parse"]
    assert [place.share for place in found] == pytest.approx([0.5, 0.1])


def test_blocks_that_nobody_saw_name_no_place_but_count_in_the_whole() -> None:
    seen = with_events(
        snapshot(), happened(BLOCKED.name, 20, duration=3.0), happened(BLOCKED.name, 30, duration=1.0, **RENDER)
    )
    (place,) = blockers(seen, 600)
    assert place.share == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"function": "(anonymous)"}, "a function without a name (report.js:42)"),
        ({"function": ""}, "a function without a name (report.js:42)"),
        ({"line": None}, "render (report.js)"),
        ({"function": "a\n*/ exit()"}, "a * / exit() (report.js:42)"),
    ],
)
def test_what_people_call_it(said: dict[str, object], words: str) -> None:
    seen = with_events(snapshot(), happened(BLOCKED.name, 20, duration=1.0, **(RENDER | said)))
    assert blockers(seen, 600)[0].words == words
