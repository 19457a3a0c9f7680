"""docs: one docstring, cut into the sections and tables that a page shows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

from advisor.engine import RULES, STRATEGIES
from advisor.engine.docs import MODEL, markdown, page


@pytest.mark.parametrize("name", [*RULES, *STRATEGIES])
def test_every_page_is_whole(name: str) -> None:
    made = page(name)
    assert made.title
    assert all(section.heading and section.text for section in made.sections)
    assert "{" not in "".join(section.text for section in made.sections)


def test_limits_stand_in_the_prose_and_in_the_table() -> None:
    made = page("event-loop-saturated")
    assert "busy 80% of the time" in made.sections[0].text
    assert ("busy", "80%", RULES["event-loop-saturated"].limits["busy"].reason) in made.tables["Limits"]


def test_a_rule_shows_what_it_needs_and_considers() -> None:
    tables = page("event-loop-blocked").tables
    assert tables["Needs"][1][0] == "`nodejs.eventloop.delay.max`"
    assert tables["Ways out that are weighed"][1] == ("worker-threads", "offloading")
    assert tables["Times"][1] == ("10 minutes", "2 minutes", "2 minutes", "15 minutes")
    assert "Needs" not in page("cluster").tables


def test_an_unknown_page_is_an_error() -> None:
    with pytest.raises(KeyError):
        page("nothing")


@pytest.mark.parametrize(
    ("rule", "limit", "value"),
    [
        ("memory-leak", "horizon", "14 days"),
        ("memory-leak", "least", "20 MB"),
        ("event-loop-blocked", "block", "100 ms"),
        ("event-loop-blocked", "spread", "10 times"),
        ("event-loop-blocked", "minutes", "3 minutes"),
        ("overprovisioned", "days", "7 days"),
        ("datastore-read-bound", "busy", "0.5 cores"),
    ],
)
def test_limits_are_written_as_people_do(rule: str, limit: str, value: str) -> None:
    assert (limit, value) in [row[:2] for row in page(rule).tables["Limits"]]


def test_times_are_written_as_people_do() -> None:
    assert page("overprovisioned").tables["Times"][1] == ("14 days", "2 hours", "2 hours", "60 minutes")


MODEL_PAGE = Path(settings.BASE_DIR, "templates", "docs", "decision-model.md")


@pytest.mark.parametrize("name", [*RULES, *STRATEGIES])
def test_what_a_page_cites_of_the_decision_model_is_there(name: str) -> None:
    text = markdown(name)
    cited = set(re.findall(r"\b[CPE]\d{1,2}\b", text)) | set(re.findall(r"decision model (1\.\d)", text))
    assert text.endswith(f"{MODEL}\n") or not cited
    known = MODEL_PAGE.read_text()
    assert [mark for mark in cited if not re.search(rf"(?<![\w.]){re.escape(mark)}\b", known)] == []
