"""Advice that opened since the last look, as lines for the terminal.

Import this after `installation`, which makes Django ready.
"""

from __future__ import annotations

from django.conf import settings
from django.db import DatabaseError

from advisor.recommendations.models import Recommendation
from advisor.vocabulary import Progress


class AdviceWatch:
    """Remembers which recommendations it has named."""

    def __init__(self) -> None:
        self._named: set[int] = set()

    def lines(self) -> list[str]:
        """A text for each recommendation that is open and was not named before; none while the database is busy."""
        try:
            opened = list(
                Recommendation.objects.filter(state=Progress.OPEN)
                .exclude(id__in=self._named)
                .select_related("service")
                .order_by("id")
            )
        except DatabaseError:
            return []
        self._named.update(one.id for one in opened)
        return [f"Advice: {one.claim}\n    {settings.PUBLIC_URL}/recommendations/{one.id}/" for one in opened]
