"""How each service is, from its advice and its last report, and the order in which that matters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Q, QuerySet

from advisor.engine.registry import RULES
from advisor.fleet.models import Service
from advisor.recommendations.models import Recommendation, ServiceSummary
from advisor.vocabulary import Family, Health, Progress, Severity, Stand

SILENT_AFTER = timedelta(seconds=150)
"""Two and a half exports of an OpenTelemetry SDK, which sends each 60 s unless told otherwise."""

GONE_AFTER = timedelta(hours=24)
"""A service that has been silent this long leaves the fleet page."""

ORDER = {health: place for place, health in enumerate(Health)}
_NO_WEIGHT = (True, True, 0, datetime.max.replace(tzinfo=UTC))


@dataclass(frozen=True, slots=True)
class Standing:
    """A service with its health and its advice, the most urgent first."""

    service: Service
    health: Health
    advice: tuple[Recommendation, ...]
    summary: ServiceSummary | None = None

    @property
    def top(self) -> Recommendation | None:
        """The advice to act on first."""
        return self.advice[0] if self.advice else None


def is_here(now: datetime) -> Q:
    """Advice on a service that the fleet page shows: one that was renamed or switched off waits for nobody."""
    return Q(service__serves=True, service__last_seen__gt=now - GONE_AFTER)


def alive() -> QuerySet[Recommendation]:
    """Advice that stands: not ended, and not turned down."""
    return Recommendation.objects.filter(ended_at=None, service__serves=True).exclude(state=Progress.DISMISSED)


def weight(advice: Recommendation) -> tuple[bool, bool, int, datetime]:
    """Sort key of advice: what is held back last, what is open before what forms, then by severity, then the oldest."""
    forming = advice.state == Progress.FORMING
    return bool(advice.held_back_by), forming, -Severity(advice.severity).rank, advice.formed_at


def first_to_last(advice: Iterable[Recommendation]) -> list[Recommendation]:
    """The advice on one service, the most urgent first: of two that are as urgent, causes come before what follows.

    That is the order of diagnosis (decision model 1.3), whichever of them formed earlier.
    """
    return sorted(advice, key=lambda one: (*weight(one)[:3], _place(one.rule), one.formed_at))


def _place(rule: str) -> int:
    return RULES[rule].place if rule in RULES else max(known.place for known in RULES.values())


def standings(services: list[Service], alive: list[Recommendation], now: datetime) -> list[Standing]:
    """Every service with its health, most urgent first."""
    by_service: dict[int, list[Recommendation]] = {}
    for recommendation in alive:
        by_service.setdefault(recommendation.service_id, []).append(recommendation)
    found = [standing(service, tuple(first_to_last(by_service.get(service.pk, ()))), now) for service in services]
    return sorted(found, key=lambda s: (ORDER[s.health], weight(s.top) if s.top else _NO_WEIGHT, s.service.name))


def standing(service: Service, advice: tuple[Recommendation, ...], now: datetime) -> Standing:
    """One service with its health. Silence outweighs old advice, for nobody knows whether it still holds."""
    summary: ServiceSummary | None = getattr(service, "summary", None)
    if now - service.last_seen > SILENT_AFTER:
        return Standing(service, Health.NO_DATA, advice, summary)
    known = (_unadvised(summary), *(_health(one) for one in advice if one.state != Progress.SNOOZED))
    return Standing(service, min(known, key=ORDER.__getitem__), advice, summary)


def _unadvised(summary: ServiceSummary | None) -> Health:
    """How a service without advice is: healthy only if a look said so, or somebody turned its advice down."""
    seen = summary is not None and summary.stand in (Stand.HEALTHY, Stand.TROUBLE)
    return Health.HEALTHY if seen else Health.NO_VERDICT


def _health(advice: Recommendation) -> Health:
    if advice.held_back_by:
        return Health.WATCH
    if advice.options and advice.options[0].get("family") == Family.SHRINK:
        return Health.SHRINK
    if advice.state == Progress.FORMING or advice.severity == Severity.INFO:
        return Health.WATCH
    return Health.ACT
