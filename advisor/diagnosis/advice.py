"""What a strategy says: an option with its expected effect, or a rejection with its number."""

from __future__ import annotations

from dataclasses import dataclass

from advisor.diagnosis.finding import Ruling
from advisor.vocabulary import Family, Stand


# What many are made of is not frozen, as in `finding`. Nobody changes one.
@dataclass(slots=True)
class Expectation:
    """One figure now and after, in the store's units. `low`/`high` None = open on that side."""

    metric: str
    label: str
    unit: str
    now: float | None
    low: float | None
    high: float | None


@dataclass(slots=True)
class Step:
    """One thing to do. `platform` groups steps under a tab (PM2, node:cluster, NGINX); empty = all."""

    text: str
    platform: str = ""
    file: str = ""
    code: str = ""


@dataclass(slots=True)
class Option:
    """A strategy that fits, ranked from 1. `title` is imperative and holds this service's numbers.

    `adds_copies` is True if more processes of the service serve once it is done.
    """

    id: str
    family: Family
    rank: int
    title: str
    why: str
    confidence: float
    effort: str
    risk: str
    cost: str
    expected: tuple[Expectation, ...]
    steps: tuple[Step, ...]
    check_first: str = ""
    adds_copies: bool = False


@dataclass(frozen=True, slots=True)
class Rejection:
    """A strategy that does not fit, with the number that rules it out."""

    id: str
    title: str
    reason: str


@dataclass(frozen=True, slots=True)
class Advice:
    """The answer to one firing (or pending) rule.

    `notes` are sentences that stand beside the claim: what else may explain it, and why copies do not help.
    """

    ruling: Ruling
    options: tuple[Option, ...]
    rejected: tuple[Rejection, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Summary:
    """What a look comes to, in one or two sentences; also that nothing is to be done is an answer.

    `missing` are the signals without which not all could be said, in words.
    """

    stand: Stand = Stand.INSUFFICIENT
    sentence: str = "It was not judged yet."
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    """All that one look at a service says: a ruling per rule, advice for those not clear, and what it comes to."""

    service_id: int
    at: float
    rulings: tuple[Ruling, ...]
    advice: tuple[Advice, ...]
    summary: Summary = Summary()
