"""The rules and the ways out, from their own files: what they look for, their limits, and why."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from advisor.diagnosis import Rule, Strategy
from advisor.engine import docs
from advisor.engine.registry import RULES, STRATEGIES
from advisor.fleet.models import Service
from advisor.recommendations.models import LimitOverride

SERVICES_SHOWN = 50
"""At most so many services are listed whose limits may be set."""

_TABLES = ("Times", "Needs")
"""The generated tables that are shown as they are; limits and ways out are shown in words and links."""


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
    found: Rule | Strategy | None = RULES.get(name) or STRATEGIES.get(name)
    if found is None:
        raise Http404("There is no such rule.")
    ways = found.suggests if isinstance(found, Rule) else ()
    return render(request, "handbook_entry.html", {
        "entry": found,
        "kind": "Rule" if isinstance(found, Rule) else "Way out",
        "sections": sections(name),
        "tables": {heading: rows for heading, rows in docs.page(name).tables.items() if heading in _TABLES},
        "limits": [(key.replace("_", " "), docs.in_words(limit), limit.reason) for key, limit in found.limits.items()],
        "suggests": [STRATEGIES[way] for way in ways if way in STRATEGIES],
        "own": LimitOverride.objects.filter(entry=name).select_related("service").order_by("service__name", "limit"),
        "services": Service.objects.filter(serves=True).order_by("name")[:SERVICES_SHOWN] if found.changeable else (),
    })  # fmt: skip


def sections(name: str) -> list[Section]:
    """The page of a rule or way out, its texts cut into paragraphs and lists."""
    return [
        Section(part.heading, tuple(_lines(block) for block in part.text.split("\n\n") if block.strip()))
        for part in docs.page(name).sections
    ]


def _lines(block: str) -> tuple[str, ...]:
    """The items of a list with their `- `, or the one paragraph."""
    if not block.startswith("- "):
        return (" ".join(block.split()),)
    return tuple(" ".join(f"- {item}".split()) for item in block[2:].split("\n- "))


def _first(entry: Rule | Strategy) -> str:
    """The first sentence of an entry, for the list."""
    found = sections(entry.id)
    text = found[0].blocks[0][0].removeprefix("- ") if found and found[0].blocks else ""
    return f"{text.partition('. ')[0].rstrip('.')}."
