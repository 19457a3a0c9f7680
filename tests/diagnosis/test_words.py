"""words: numbers as people read them."""

from __future__ import annotations

import pytest

from advisor.diagnosis import words


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (0.56, "0.6"), (2.0, "2"), (9.96, "10"), (12.4, "12"), (1500, "1,500"), (-0.5, "-0.5")],
)
def test_number(value: float, text: str) -> None:
    assert words.number(value) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.885, "88%"),
        (0.075, "7.5%"),
        (0.001, "0.1%"),
        (1.0, "100%"),
        (0, "0%"),
        (0.99, "99%"),
        (0.995, "99.5%"),
        (0.99996, "99.9%"),
    ],
)
def test_percent(share: float, text: str) -> None:
    assert words.percent(share) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.0055, "5.5 ms"), (0.3, "300 ms"), (0.9996, "1 s"), (1.25, "1.2 s"), (120, "120 s")]
)
def test_duration(seconds: float, text: str) -> None:
    assert words.duration(seconds) == text


@pytest.mark.parametrize(("amount", "text"), [(90e6, "90 MB"), (1.15e9, "1.1 GB"), (12e9, "12 GB")])
def test_size(amount: float, text: str) -> None:
    assert words.size(amount) == text


def test_counted() -> None:
    assert [words.counted(n, "process") for n in (1, 2)] == ["1 process", "2 processes"]
    assert [words.counted(n, "core") for n in (0, 1)] == ["0 cores", "1 core"]


def test_cores() -> None:
    assert words.cores(0.56, 2) == "0.5 of 2 cores"
    assert words.cores(0.496, 2) == "0.4 of 2 cores", "what is short of a limit of 0.5 may not read as 0.5"
    assert words.cores(0.3, 2) == "0.3 of 2 cores"
    assert words.cores(-0.1, 1) == "0 of 1 core"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(10, "1 minute"), (600, "10 minutes"), (7100, "118 minutes"), (7200, "2 hours"), (32_400, "9 hours"),
     (172_799, "48 hours"), (259_200, "3 days"), (63_000_000, "729 days"), (95e6, "3 years")],
)  # fmt: skip
def test_lasting(seconds: float, text: str) -> None:
    assert words.lasting(seconds) == text


def test_a_moment_is_one_for_every_reader() -> None:
    assert words.moment(1_700_000_000.0) == "2023-11-14 22:13 UTC"


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (None, "s", "not known"),
        (0.89, "1", "89%"),
        (3.0, "1", "3"),
        (0.12, "s", "120 ms"),
        (4e8, "By", "400 MB"),
        (2.5e8, "By/s", "250 MB/s"),
        (1.0, "{minute}", "1 minute"),
        (2.0, "{process}", "2 processes"),
        (1428.0, "{request}/s", "1,428 requests/s"),
        (3.0, "{open_file}", "3 open files"),
        (0.5, "{cpu}", "0.5 cores"),
        (1.0, "{cpu}", "1 core"),
        (10.0, "{times}", "10 times"),
        (12.0, "Cel", "12 Cel"),
    ],
)
def test_a_figure_has_the_words_of_its_unit(value: float | None, unit: str, text: str) -> None:
    assert words.figure(value, unit) == text


@pytest.mark.parametrize(
    ("title", "text"), [("Host CPU saturated", "host CPU saturated"), ("CPU short", "CPU short"), ("", "")]
)
def test_a_title_inside_a_sentence(title: str, text: str) -> None:
    assert words.lowered(title) == text
