"""docs: one docstring, cut into the sections and tables that a page shows."""

from __future__ import annotations

import pytest

from advisor.engine import RULES, STRATEGIES
from advisor.engine.docs import page


@pytest.mark.parametrize("name", [*RULES, *STRATEGIES])
def test_every_page_is_whole(name: str) -> None:
    made = page(name)
    assert made.title
    assert all(section.heading and section.text for section in made.sections)
    assert "{" not in "".join(section.text for section in made.sections)


def test_limits_stand_in_the_prose_and_in_the_table() -> None:
    made = page("event-loop-saturated")
    assert "busy 80% of the time" in made.sections[0].text
    assert ("busy", "0.8", "1", RULES["event-loop-saturated"].limits["busy"].reason) in made.tables["Limits"]


def test_a_rule_shows_what_it_needs_and_considers() -> None:
    tables = page("event-loop-blocked").tables
    assert tables["Needs"][1][0] == "`nodejs.eventloop.delay.max`"
    assert tables["Considers"][1] == ("worker-threads", "offloading")
    assert tables["Times"][1] == ("600 s", "120 s", "900 s")
    assert "Needs" not in page("cluster").tables


def test_an_unknown_page_is_an_error() -> None:
    with pytest.raises(KeyError):
        page("nothing")
