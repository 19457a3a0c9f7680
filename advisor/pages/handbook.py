"""The rules and the ways out, from their own files: what they look for, their limits, and why."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from advisor.diagnosis import Rule
from advisor.diagnosis.entry import Entry
from advisor.engine.registry import RULES, STRATEGIES


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of a page with its blocks: each one paragraph, or the items of a list."""

    heading: str
    blocks: tuple[tuple[str, ...], ...]


@require_safe
def handbook(request: HttpRequest) -> HttpResponse:
    """Everything that is looked for, in the order of diagnosis, and every way out."""
    groups = (("Rules", RULES.values()), ("Ways out", STRATEGIES.values()))
    listed = [(name, [(entry, _first(entry)) for entry in entries]) for name, entries in groups]
    return render(request, "handbook.html", {"groups": listed})


@require_safe
def entry(request: HttpRequest, name: str) -> HttpResponse:
    """The page of one rule or one way out."""
    found: Entry | None = RULES.get(name) or STRATEGIES.get(name)
    if found is None:
        raise Http404("There is no such rule.")
    ways = found.suggests if isinstance(found, Rule) else ()
    return render(request, "handbook_entry.html", {
        "entry": found,
        "kind": "Rule" if isinstance(found, Rule) else "Way out",
        "sections": sections(found),
        "limits": [(limit_name.replace("_", " "), limit) for limit_name, limit in found.limits.items()],
        "suggests": [STRATEGIES[way] for way in ways if way in STRATEGIES],
    })  # fmt: skip


def sections(entry: Entry) -> list[Section]:
    """The page of an entry, split at its headings."""
    found = []
    for part in entry.page.split("\n## ")[1:]:
        heading, _, body = part.partition("\n")
        blocks = [block for block in body.strip().split("\n\n") if block.strip()]
        found.append(Section(heading.strip(), tuple(_lines(block) for block in blocks)))
    return found


def _lines(block: str) -> tuple[str, ...]:
    """The items of a list with their `- `, or the one paragraph."""
    if not block.startswith("- "):
        return (" ".join(block.split()),)
    return tuple(" ".join(f"- {item}".split()) for item in block[2:].split("\n- "))


def _first(entry: Entry) -> str:
    """The first sentence of an entry, for the list."""
    found = sections(entry)
    text = found[0].blocks[0][0].removeprefix("- ") if found and found[0].blocks else ""
    return f"{text.partition('. ')[0].rstrip('.')}."
