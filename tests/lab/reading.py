"""What the product says of a service, read from its database while a case runs and at its end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Row = dict[str, Any]


@dataclass(slots=True)
class Watch:
    """Looks at one service again and again: what was ever offered counts, even if it was withdrawn.

    `offered` are ids of options by rule; `tops` the first options by rule, in the order in which they came.
    """

    service: str
    offered: dict[str, set[str]] = field(default_factory=dict)
    tops: dict[str, list[str]] = field(default_factory=dict)

    def look(self) -> None:
        """Note what open recommendations offer now."""
        from advisor.recommendations.models import Recommendation  # Django is ready only once the product runs
        from advisor.vocabulary import Progress

        rows = Recommendation.objects.filter(service__name=self.service, ended_at=None)
        for row in rows.exclude(state=Progress.FORMING):
            ids = [option["id"] for option in row.options]
            self.offered.setdefault(row.rule, set()).update(ids)
            tops = self.tops.setdefault(row.rule, [])
            if ids and tops[-1:] != ids[:1]:
                tops.append(ids[0])


def recommendations(service: str) -> list[Row]:
    """All that were opened, in the product's own order of urgency; those that ended come last."""
    from advisor.pages import urgency
    from advisor.recommendations.models import Recommendation

    rows = Recommendation.objects.filter(service__name=service, opened_at__isnull=False)
    ordered = sorted(urgency.first_to_last(rows), key=lambda row: row.ended_at is not None)
    return [_recommendation(row) for row in ordered]


def verdicts(service: str) -> list[Row]:
    """Every rule's last word, with its evidence and what it misses."""
    from advisor.recommendations import export

    return export.verdicts(service)


def summary(service: str) -> Row:
    """How the product says the service is, in a word and a sentence; empty if it never judged it."""
    from advisor.recommendations.models import ServiceSummary

    found = ServiceSummary.objects.filter(service__name=service).first()
    return {} if found is None else {"stand": found.stand, "sentence": found.sentence, "missing": found.missing}


def close() -> None:
    """Let go of this thread's connection to the database: cases that run side by side have one each."""
    from django.db import connections

    connections.close_all()


def token(name: str) -> str:
    """The secret of a new token that may report."""
    from advisor.fleet import tokens
    from advisor.fleet.models import Token

    return tokens.make(Token.Kind.API, name=name)[1]


def _recommendation(row: Any) -> Row:
    steps = row.transitions.filter(after="open").exclude(before="open")
    return {
        "rule": row.rule,
        "state": row.state,
        "severity": row.severity,
        "claim": row.claim,
        "confidence": row.confidence,
        "held_back_by": row.held_back_by,
        "opened": row.opened_at.timestamp(),
        "ended": None if row.ended_at is None else row.ended_at.timestamp(),
        "openings": steps.count(),
        "options": [option["id"] for option in row.options],
        "expected": {option["id"]: option["expected"] for option in row.options},
        "rejected": {item["id"]: item["reason"] for item in row.rejected},
    }
