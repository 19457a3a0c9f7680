"""The handbook: each rule's and strategy's docstring with its limits put in, and tables of what it declares."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from advisor.diagnosis import Rule, Strategy
from advisor.diagnosis.missing import find_column
from advisor.engine.registry import RULES, STRATEGIES

Table = tuple[tuple[str, ...], ...]

_INLINE = re.compile(r"\[(?P<text>[^\]]+)\]\((?P<url>https://[^)\s]+)\)|`(?P<code>[^`]+)`")


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

    @property
    def markdown(self) -> str:
        """The page for a repository or a terminal."""
        parts = [f"# {self.title}"]
        parts += [f"## {section.heading}\n\n{section.text}" for section in self.sections]
        parts += [f"## {heading}\n\n{_markdown_table(rows)}" for heading, rows in self.tables.items()]
        return "\n\n".join(parts) + "\n"

    @property
    def html(self) -> str:
        """The page's body for the web, without its title; all text is escaped."""
        parts = [f"<h2>{html.escape(s.heading)}</h2>\n{_blocks(s.text)}" for s in self.sections]
        parts += [f"<h2>{html.escape(heading)}</h2>\n{_html_table(rows)}" for heading, rows in self.tables.items()]
        return "\n".join(parts)


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


def _tables(entry: Rule | Strategy) -> dict[str, Table]:
    limits = tuple((name, f"{limit.value:g}", limit.unit, limit.reason) for name, limit in entry.limits.items())
    tables: dict[str, Table] = {"Limits": (("Limit", "Value", "Unit", "Why"), *limits)}
    if isinstance(entry, Rule):
        tables["Needs"] = (("Any one of", "What it is"), *(_need(need) for need in entry.needs))
        tables["Times"] = (
            ("Looks back", "Fires after", "Clears after"),
            (f"{entry.window:g} s", f"{entry.hold:g} s", f"{entry.clear_hold:g} s"),
        )
        tables["Considers"] = (("Strategy", "Family"), *((s, STRATEGIES[s].family.value) for s in entry.suggests))
    return tables


def _need(names: tuple[str, ...]) -> tuple[str, ...]:
    metrics = dict.fromkeys(find_column(name).metric for name in names)
    return ", ".join(f"`{metric}`" for metric in metrics), find_column(names[0]).brief


def _markdown_table(rows: Table) -> str:
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([lines[0], "|" + " --- |" * len(rows[0]), *lines[1:]])


def _html_table(rows: Table) -> str:
    head = "".join(f'<th scope="col">{html.escape(cell)}</th>' for cell in rows[0])
    body = "".join("<tr>" + "".join(f"<td>{_inline(cell)}</td>" for cell in row) + "</tr>" for row in rows[1:])
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _blocks(text: str) -> str:
    """Paragraphs and lists; docstrings have nothing else."""
    made = []
    for block in re.split(r"\n\s*\n", text):
        if block.startswith("- "):
            items = re.split(r"^- ", block, flags=re.MULTILINE)[1:]
            made.append("<ul>" + "".join(f"<li>{_inline(item.strip())}</li>" for item in items) + "</ul>")
        else:
            made.append(f"<p>{_inline(block)}</p>")
    return "\n".join(made)


def _inline(text: str) -> str:
    made, end = [], 0
    for found in _INLINE.finditer(text):
        made.append(html.escape(text[end : found.start()]))
        if found["code"]:
            made.append(f"<code>{html.escape(found['code'])}</code>")
        else:
            made.append(f'<a href="{html.escape(found["url"])}">{html.escape(found["text"])}</a>')
        end = found.end()
    return "".join(made) + html.escape(text[end:])
