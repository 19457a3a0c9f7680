from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from advisor.pages.templatetags import figures
from advisor.vocabulary import Health, Progress, Verdict


@pytest.mark.parametrize("term", [*Health, *Progress, *Verdict])
def test_every_term_has_a_shape_and_a_word(term: str) -> None:
    drawn = ElementTree.fromstring(figures.tag(term))
    path = drawn.find("svg/path")
    assert path is not None
    assert path.get("d")
    assert "".join(drawn.itertext())[0].isupper()


def test_a_tag_escapes_its_word() -> None:
    assert "&lt;b&gt;" in figures.tag("ok", "<b>")


def test_a_spark_keeps_gaps_and_marks_the_last_point() -> None:
    drawn = figures.spark([1.0, 2.0, None, 4.0, float("nan"), 3.0])
    (path,) = re.findall(r'path d="([^"]*)"', drawn)
    assert path.count("M") == 3
    assert 'cx="80.0"' in drawn


@pytest.mark.parametrize("values", [[], [None], [5.0], [None, float("nan")]])
def test_a_spark_of_nothing_draws_nothing(values: list[float | None]) -> None:
    assert "path" not in figures.spark(values)


def test_a_flat_spark_is_a_line() -> None:
    (path,) = re.findall(r'path d="([^"]*)"', figures.spark([2.0, 2.0, 2.0]))
    assert {point.split()[1] for point in re.split("[ML]", path)[1:]} == {"20.0"}


@pytest.mark.parametrize(
    ("share", "width", "warmth"),
    [(0.5, "28.0", ""), (0.75, "42.0", "warm"), (0.85, "47.6", "hot"), (3.0, "56.0", "hot")],
)
def test_a_bar_grows_and_warms(share: float, width: str, warmth: str) -> None:
    drawn = figures.bar(share)
    assert f'class="bar {warmth}"' in drawn
    assert f'class="f" width="{width}"' in drawn


def test_a_calm_bar_stays_grey() -> None:
    assert 'class="bar "' in figures.bar(0.95, calm=True)


def test_an_unknown_share_draws_no_bar() -> None:
    assert "rect" not in figures.bar(None)
    assert figures.warmth(None) == ""


@pytest.mark.parametrize("name", ["fleet", "advice", "hosts", "alerts", "rules", "theme", "plus", "brand"])
def test_icons_say_nothing_to_screen_readers(name: str) -> None:
    assert ElementTree.fromstring(figures.icon(name)).get("aria-hidden") == "true"
