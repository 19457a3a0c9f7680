from __future__ import annotations

from datetime import UTC, datetime

import pytest

from advisor.pages import words


@pytest.mark.parametrize(
    ("value", "text"),
    [(1428.4, "1,428"), (3.14, "3.1"), (0.042, "0.042"), (0, "0"), (None, "–"), (float("nan"), "–"), (-12.6, "-13")],  # noqa: RUF001 - the dash that pages show
)
def test_plain(value: float | None, text: str) -> None:
    assert words.plain(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.954, "95%"),
        (0.0042, "0.4%"),
        (0.00042, "0.04%"),
        (0.00004, "<0.01%"),
        (0.0, "0%"),
        (1.0, "100%"),
        (0.995, "99.5%"),
        (0.99, "99%"),
    ],
)
def test_percent(value: float, text: str) -> None:
    assert words.percent(value) == text


@pytest.mark.parametrize(("value", "text"), [(3.12e8, "312 MB"), (1.16e9, "1.16 GB"), (2048, "2.05 kB"), (12, "12 B")])
def test_size(value: float, text: str) -> None:
    assert words.size(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0 s"), (59.9, "59 s"), (60, "1 m"), (4020, "1 h 7 m"), (7200, "2 h"), (6 * 86400, "6 d")]
)
def test_duration(value: float, text: str) -> None:
    assert words.duration(value) == text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.096, "s", "96 ms"),
        (6.4, "s", "6.4 s"),
        (0.95, "1", "95%"),
        (3500, "{request}/s", "3,500 requests/s"),
        (1.0, "{session}", "1 session"),
        (1024, "{file_descriptor}", "1,024 file descriptors"),
        (None, "s", "–"),  # noqa: RUF001 - the dash that pages show
    ],
)
def test_figures_by_unit(value: float | None, unit: str, text: str) -> None:
    assert words.figure_text(value, unit) == text


@pytest.mark.parametrize(
    ("low", "high", "unit", "text"),
    [
        (0.08, 0.13, "s", "80 to 130 ms"),
        (0.9, 1.6, "s", "900 ms to 1.6 s"),
        (0.24, 0.32, "1", "24% to 32%"),
        (3500, None, "{request}/s", "at least 3,500 requests/s"),
        (None, 0.13, "s", "at most 130 ms"),
        (2, 2, "", "2"),
        (None, None, "s", "not known"),
    ],
)
def test_ranges(low: float | None, high: float | None, unit: str, text: str) -> None:
    assert words.between(low, high, unit) == text


def test_numbers_in_headings() -> None:
    assert words.says(1, "service needs action", "services need action") == "One service needs action"
    assert words.says(3, "service needs action", "services need action") == "Three services need action"
    assert words.in_words(13) == "13"


def test_a_date_in_the_past() -> None:
    now = datetime(2026, 3, 17, 10, 19, tzinfo=UTC)
    assert words.clock(datetime(2026, 3, 17, 9, 12, tzinfo=UTC), now) == "09:12"
    assert words.clock(datetime(2026, 3, 15, 9, 12, tzinfo=UTC), now) == "Sun 09:12"
    assert words.clock(datetime(2026, 1, 5, 9, 12, tzinfo=UTC), now) == "05 Jan 2026"
    assert words.clock(datetime(2026, 3, 20, 9, 12, tzinfo=UTC), now) == "20 Mar 2026"


def test_lists() -> None:
    assert words.listed(["a"]) == "a"
    assert words.listed(["a", "b", "c"]) == "a, b and c"
    assert words.listed([]) == ""


def test_a_long_path_loses_its_middle() -> None:
    path = "/srv/checkout/releases/2026-03-17/packages/invoices/src/render/invoice.js"
    short = words.shortened(path, 40)
    assert len(short) <= 40
    assert short.startswith("/srv/")
    assert short.endswith("/render/invoice.js")
    assert "/…/" in short
    assert words.shortened("/srv/app.js", 40) == "/srv/app.js"
    assert len(words.shortened("x" * 300, 40)) == 40
