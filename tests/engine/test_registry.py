"""registry: every file is found, and the shapes that the house asks of it hold."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import advisor
from advisor.diagnosis import Rule
from advisor.diagnosis.missing import find_column
from advisor.engine import RULES, STRATEGIES

ROOT = Path(advisor.__file__).parent
RULE_HEADINGS = ["What it sees", "Why it matters", "What to do", "Known limits", "References"]
STRATEGY_HEADINGS = ["When it fits", "When it does not", "How", "What it costs", "How to verify", "References"]


def headings(page: str) -> list[str]:
    return [line.removeprefix("## ") for line in page.splitlines() if line.startswith("## ")]


@pytest.mark.parametrize(("package", "found"), [("rules", RULES), ("strategies", STRATEGIES)])
def test_every_file_is_found_under_its_own_name(package: str, found: dict[str, object]) -> None:
    files = {path.stem.replace("_", "-") for path in (ROOT / package).glob("*.py")} - {"--init--"}
    assert files == set(found)


@pytest.mark.parametrize("name", list(RULES))
def test_a_rule_has_its_headings_and_known_needs(name: str) -> None:
    rule = RULES[name]
    assert headings(rule.page) == RULE_HEADINGS
    assert all(find_column(column).metric for need in rule.needs for column in need)
    assert set(rule.suggests) <= set(STRATEGIES)
    assert set(rule.explained_by) <= set(RULES)


@pytest.mark.parametrize("name", list(STRATEGIES))
def test_a_strategy_has_its_headings(name: str) -> None:
    assert headings(STRATEGIES[name].page) == STRATEGY_HEADINGS


@pytest.mark.parametrize("name", [*RULES, *STRATEGIES])
def test_every_limit_says_why(name: str) -> None:
    entry = RULES.get(name) or STRATEGIES[name]
    assert all(len(limit.reason) > 20 and limit.unit for limit in entry.limits.values())


@pytest.mark.parametrize("name", [*RULES, *STRATEGIES])
def test_a_limit_that_a_service_may_set_decides(name: str) -> None:
    """One that stands once for several entries is read as a constant: it is `fixed`, or setting it does nothing."""
    kind, entry = ("rule", RULES[name]) if name in RULES else ("strategy", STRATEGIES[name])
    own = ROOT / {"rule": "rules", "strategy": "strategies"}[kind] / f"{name.replace('-', '_')}.py"
    source = own.read_text()
    shared = source + "".join(path.read_text() for path in (ROOT / "diagnosis").glob("*.py"))
    constants = set(re.findall(r"(\w+)=Limit\(\s*(?:\w+\.)?[A-Z]{2,}", source))
    assert constants == {limit for limit in constants if entry.limits[limit].fixed}
    assert [limit for limit in entry.changeable if not re.search(rf"\b{kind}\.{limit}\b", shared)] == []


@pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))
def test_levels_between_which_a_rule_grows_are_declared_as_a_pair(rule: Rule) -> None:
    source = (ROOT / "rules" / f"{rule.id.replace('-', '_')}.py").read_text()
    for clear, fire in re.findall(r"ramp\(.*?, rule\.(\w+), rule\.(\w+)\)", source):
        assert rule.limits[clear].at_most == fire or rule.limits[fire].at_most == clear, (clear, fire)


def test_causes_come_before_their_look_alikes() -> None:
    places = [rule.place for rule in RULES.values()]
    assert places == sorted(places)
    order = list(RULES)
    assert all(order.index(cause) < order.index(rule.id) for rule in RULES.values() for cause in rule.explained_by)
