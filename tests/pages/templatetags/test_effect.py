from __future__ import annotations

import re
from typing import Any

from advisor.pages.templatetags import effect


def drawn(**changes: Any) -> str:
    expectation = {"label": "p95", "unit": "s", "now": 0.8, "low": 0.08, "high": 0.13}
    return effect.effect(expectation | changes)


def widths(html: str) -> dict[str, float]:
    return {
        name: float(width)
        for name, width in re.findall(r'class="(was|after|range(?: open)?)".*?width="([\d.]+)"', html)
    }


def test_bars_are_to_scale() -> None:
    found = widths(drawn())
    assert round(found["after"] / found["was"], 2) == 0.1
    assert round(found["range"] / found["was"], 2) == 0.06


def test_an_open_end_reaches_the_edge_and_is_said() -> None:
    html = drawn(label="Max load", unit="{request}/s", now=1500, low=3500, high=None)
    assert "1,500 → at least 3,500 requests/s" in re.sub(r"<[^>]+>", "", html)
    found = widths(html)
    assert round(found["after"] + found["range open"]) == effect.WIDTH


def test_shares_are_drawn_of_the_whole() -> None:
    assert widths(drawn(unit="1", now=0.5, low=0.1, high=0.2))["was"] == effect.WIDTH / 2


def test_a_figure_that_is_not_known_leaves_room() -> None:
    assert widths(drawn(now=None, low=None, high=None))["was"] == 0


def test_the_drawing_speaks() -> None:
    assert 'aria-label="p95: 800 → 80 to 130 ms"' in drawn()


def test_a_hostile_label_is_only_text() -> None:
    assert "<script" not in drawn(label="<script>")


def test_the_range_alone() -> None:
    assert effect.range_words({"low": 0.24, "high": 0.32, "unit": "1"}) == "24% to 32%"
