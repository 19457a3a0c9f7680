"""The handbook: each rule's and strategy's docstring with its limits put in, and tables of what it declares."""

from __future__ import annotations

import re
from dataclasses import dataclass

from advisor.diagnosis import Limit, Rule, Strategy
from advisor.diagnosis.missing import find_column
from advisor.diagnosis.words import duration, figure, lasting
from advisor.engine.registry import RULES, STRATEGIES

MODEL = "What 1.2, C5, P1 and the like stand for is in [the decision model](../decision-model.md)."
"""The last line of a page that cites it."""

_CITES = re.compile(r"decision model|\b[CPE]\d")

Table = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and the Markdown below it."""

    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the handbook.

    Attributes:
        id: of the rule or strategy.
        title: the first line of its docstring.
        sections: the rest, cut at its headings.
        tables: heading -> rows, the first of which names the columns.
    """

    id: str
    title: str
    sections: tuple[Section, ...]
    tables: dict[str, Table]


def page(name: str) -> Page:
    """The page of a rule or strategy.

    Raises:
        KeyError: there is none of this id.
    """
    entry: Rule | Strategy = RULES[name] if name in RULES else STRATEGIES[name]
    _, _, body = entry.page.partition("\n")
    sections = []
    for part in re.split(r"^## ", body, flags=re.MULTILINE)[1:]:
        heading, _, text = part.partition("\n")
        sections.append(Section(heading.strip(), text.strip()))
    return Page(entry.id, entry.title, tuple(sections), _tables(entry))


def markdown(name: str) -> str:
    """The page of a rule or strategy as a Markdown file, generated tables included.

    Raises:
        KeyError: there is none of this id.
    """
    made = page(name)
    kind = "rule" if name in RULES else "way out"
    blocks = [f"# {made.title}", f"`{made.id}`, a {kind}."]
    blocks += [f"## {section.heading}\n\n{section.text}" for section in made.sections]
    blocks += [f"## {heading}\n\n{_table(rows)}" for heading, rows in made.tables.items() if len(rows) > 1]
    blocks += [MODEL] if any(_CITES.search(block) for block in blocks) else []
    return "\n\n".join(blocks) + "\n"


def _table(rows: Table) -> str:
    head, *body = rows
    lines = [head, tuple("---" for _ in head), *(tuple(cell.replace("|", "\\|") for cell in row) for row in body)]
    return "\n".join(f"| {' | '.join(row)} |" for row in lines)


def _tables(entry: Rule | Strategy) -> dict[str, Table]:
    limits = tuple((name, in_words(limit), limit.reason) for name, limit in entry.limits.items())
    tables: dict[str, Table] = {"Limits": (("Limit", "Value", "Why"), *limits)}
    if isinstance(entry, Rule):
        tables["Needs"] = (("Any one of", "What it is"), *(_need(need) for need in entry.needs))
        tables["Times"] = (
            ("Looks back", "Fires after", "Where critical, after", "Clears after"),
            tuple(_time(seconds) for seconds in _times(entry)),
        )
        tables["Ways out that are weighed"] = (
            ("Way out", "Family"),
            *((name, STRATEGIES[name].family.value) for name in entry.suggests),
        )
    return tables


def _times(rule: Rule) -> tuple[float, ...]:
    past = rule.recall.seconds if rule.recall else rule.window
    return (past, rule.hold, rule.critical_hold, rule.clear_hold)


def in_words(limit: Limit) -> str:
    """A limit as people write it."""
    if limit.unit == "s":
        return _time(limit.value)
    if limit.unit == "d":
        return lasting(limit.value * 86_400.0)
    return figure(limit.value, limit.unit)


def _time(seconds: float) -> str:
    """Whole minutes from two minutes on, else seconds; none is `at once`."""
    if seconds == 0:
        return "at once"
    return lasting(seconds) if seconds >= 120 and seconds % 60 == 0 else duration(seconds)


def _need(names: tuple[str, ...]) -> tuple[str, ...]:
    metrics = dict.fromkeys(find_column(name).metric for name in names)
    return ", ".join(f"`{metric}`" for metric in metrics), find_column(names[0]).brief
