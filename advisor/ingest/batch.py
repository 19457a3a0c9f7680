"""What one request brings to the writer."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from advisor.fleet.models import Token
from advisor.ingest.answers import Receipt, Refusal
from advisor.ingest.pivot import Pivoted

Outcome = Receipt | Refusal
"""What became of a batch; a refusal is an answer here, not an exception."""


@dataclass(frozen=True, slots=True)
class Batch:
    """One request, sorted.

    Attributes:
        pivoted: its points.
        token: who brings it.
        id: kept over retries; None where the sender keeps none.
        received: Unix seconds on the server's clock.
    """

    pivoted: Pivoted
    token: Token
    id: uuid.UUID | None
    received: float

    @property
    def points(self) -> int:
        """Its weight in the queue; at least one, so that empty batches are bounded too."""
        return max(1, self.pivoted.points)
