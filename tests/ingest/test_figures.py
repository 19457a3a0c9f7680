"""Figures: what is a gain of a running total is known apart from what was told."""

from __future__ import annotations

from advisor.features.histogram import Histogram
from advisor.ingest.figures import Figures
from advisor.store.rows import DISTRIBUTION, NOTHING

ONE = Histogram.from_explicit([0.1], [1, 0], 0.05).encode()


def test_what_a_request_tells_is_no_gain() -> None:
    figures = Figures()
    figures.add("requests", 3.0, largest_wins=False)
    figures.whole.append(ONE)
    assert figures.gains == NOTHING


def test_what_comes_to_a_copy_is_a_gain_unless_the_column_was_told() -> None:
    figures = Figures()
    figures.add("requests", 3.0, largest_wins=False)
    copy = figures.copy()
    copy.add("requests", 1.0, largest_wins=False)
    copy.add("cpu_user", 0.5, largest_wins=False)
    copy.whole.append(ONE)

    assert copy.gains == {"cpu_user", DISTRIBUTION}
    assert copy.values == {"requests": 4.0, "cpu_user": 0.5}
    assert (figures.values, figures.whole) == ({"requests": 3.0}, [])


def test_a_distribution_that_was_told_stays_told() -> None:
    figures = Figures(whole=[ONE])
    copy = figures.copy()
    copy.whole.append(ONE)
    assert copy.gains == NOTHING


def test_what_is_cut_out_knows_its_gains_still() -> None:
    copy = Figures().copy()
    copy.add("cpu_user", 0.5, largest_wins=False)
    copy.covers("cpu_user", 10.0)
    copy.add("requests", 3.0, largest_wins=False)
    copy.covers("requests", 20.0)

    rest, short = copy.split()
    assert short is not None
    assert rest.gains == {"requests"}
    assert short.gains == {"cpu_user"}
