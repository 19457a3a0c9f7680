"""How sure a rule may be: the score and confidence of the decision model 1.2."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

SILENT: Final = 0.5
"""Below this a rule keeps to itself (decision model 1.2: log only)."""

RIVAL: Final = 0.7
"""How much of its confidence a rule loses to a certain rival that explains the same figures."""

CLOSE: Final = 0.15
"""Two explanations whose confidences differ by less than this both stay (decision model 1.2)."""


def confidence(
    required: Sequence[float], support: Sequence[float], *, coverage: float, persistence: float = 1.0
) -> float:
    """Score times how complete and how steady the data is, 0 to 1; 0 where one of them is not known.

    Args:
        required: how far each necessary signal went from its clear to its fire level, 0 to 1.
        support: the same for signals that only speak for it; at least one.
        coverage: share of expected points that came.
        persistence: share of the window in which the rule held.
    """
    necessary = math.prod(required) ** (1 / len(required))
    score = necessary * (0.6 + 0.4 * sum(support) / len(support))
    sure = score * coverage * persistence
    return 0.0 if math.isnan(sure) else sure


def contested(own: float, rival: float) -> float:
    """What is left of a confidence beside a rival explanation of this confidence."""
    return own * (1 - RIVAL * rival)
