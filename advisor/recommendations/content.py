"""What a recommendation says, as JSON, and when two versions of it look the same to a person."""

from __future__ import annotations

import math
import re
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from advisor.diagnosis.advice import Advice
from advisor.diagnosis.finding import Reading, Ruling
from advisor.recommendations.models import Recommendation

_NOISE = 0.05
"""Relative change of a figure below which a page need not be rewritten: it would only flicker."""

_ROOM = {"1": 0.02, "s": 0.005}
"""Absolute change that counts as noise, by unit: 2 percentage points, 5 ms. Near zero `_NOISE` alone is too strict."""

_CONFIDENCE_ROOM = 0.05
_NUMBER = re.compile(r"(\d[\d,]*(?:\.\d+)?)")
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")
"""NUL and lone surrogates: PostgreSQL refuses them, and one in a name would cost the whole judgement."""


@dataclass(frozen=True, slots=True)
class Content:
    """The part of a `Recommendation` that follows its rule; field names are the row's."""

    severity: str
    title: str
    claim: str
    confidence: float
    evidence: list[Any]
    options: list[Any]
    rejected: list[Any]
    notes: list[Any]

    def write_to(self, row: Recommendation) -> None:
        """Put it into the row, which is not saved."""
        for name in self.__slots__:
            setattr(row, name, getattr(self, name))

    def looks_like(self, row: Recommendation) -> bool:
        """Whether a person would see no difference to what the row says."""
        stored = {name: getattr(row, name) for name in self.__slots__}
        return same(stored, {name: getattr(self, name) for name in self.__slots__})


def of(ruling: Ruling, advice: Advice | None) -> Content:
    """The content that a ruling and its advice make; without advice there are no options."""
    reading = ruling.reading
    return Content(
        severity=reading.severity.value,
        title=plain(ruling.title)[:255],
        claim=plain(reading.claim),
        confidence=plain(reading.confidence) or 0.0,
        evidence=plain([asdict(item) for item in reading.evidence]),
        options=plain([asdict(option) for option in advice.options] if advice else []),
        rejected=plain([asdict(item) for item in advice.rejected] if advice else []),
        notes=plain(list(advice.notes)) if advice else [],
    )


def reading(reading: Reading) -> dict[str, Any]:
    """A reading as the JSON object that `RuleVerdict.reading` keeps."""
    return dict(plain(asdict(reading)))


def plain(value: Any) -> Any:
    """Any value of a judgement as JSON that both databases take.

    Numbers that are not finite become None; characters that PostgreSQL refuses become U+FFFD.
    """
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, str):
        return _UNSTORABLE.sub("\ufffd", str(value))
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {plain(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def same(old: Any, new: Any, room: float = 0.0) -> bool:
    """Whether two JSON values differ by noise at most.

    Figures may move by `_NOISE`, also those inside sentences; everything else must be equal.
    Compared is with what is stored, not with rounded steps, so that a figure on the edge of
    a step does not rewrite the row at every look.
    """
    if isinstance(old, dict) and isinstance(new, dict):
        room = _ROOM.get(str(new.get("unit")), room)
        return old.keys() == new.keys() and all(_same_field(key, old[key], new[key], room) for key in old)
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(same(a, b, room) for a, b in zip(old, new, strict=True))
    if isinstance(old, str) and isinstance(new, str):
        return old == new or _same_sentence(old, new)
    if _is_number(old) and _is_number(new):
        return math.isclose(old, new, rel_tol=_NOISE, abs_tol=room)
    return bool(old == new)


def _same_field(key: str, old: Any, new: Any, room: float) -> bool:
    if key == "code":  # to be copied: a port or a count must be exact
        return bool(old == new)
    return same(old, new, _CONFIDENCE_ROOM if key == "confidence" else room)


def _same_sentence(old: str, new: str) -> bool:
    before, after = _NUMBER.split(old), _NUMBER.split(new)
    if len(before) != len(after) or before[::2] != after[::2]:
        return False
    pairs = zip(before[1::2], after[1::2], strict=True)
    return all(same(float(a.replace(",", "")), float(b.replace(",", ""))) for a, b in pairs)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
