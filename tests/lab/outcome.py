"""What one result means beside its label: the answer of the product, or of a peer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tests.lab import peers

INFO = "info"

CLINIC = {
    "event-loop": ("event-loop-saturated", "event-loop-blocked"),
    "gc": ("gc-pressure", "memory-pressure", "memory-leak"),
    "io": ("downstream-bound", "thread-pool-saturated", "datastore-read-bound", "datastore-write-bound"),
}
"""Clinic Doctor's categories as ours. It gets the benefit of the doubt: any of them counts as right."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One answer to one case.

    Attributes:
        truth: the class of the case; None for a healthy service.
        said: the first diagnosis, as the class if it is right; None for silence.
        wrong: diagnoses that are neither right nor a consequence.
        missed: second faults that were not found.
        is_double: two faults at once.
        first: the first way out offered; None if there was none.
        is_acceptable: that it helps.
        helps_early: that it, or the first of the next diagnosis, helps.
        forbidden: ways out offered that do harm.
        offers: ways out that were offered at any time.
        seconds: model seconds from onset to the right warning; None without it, and for stretched recordings.
        reopened: how often a warning came back after its end.
    """

    name: str
    truth: str | None
    said: str | None
    wrong: tuple[str, ...] = ()
    missed: tuple[str, ...] = ()
    is_double: bool = False
    first: str | None = None
    is_acceptable: bool = False
    helps_early: bool = False
    forbidden: tuple[str, ...] = ()
    offers: int = 0
    seconds: float | None = None
    reopened: int = 0

    @property
    def is_right(self) -> bool:
        """The first diagnosis is that of the label, and nothing false stands beside it."""
        return self.said == self.truth and not self.wrong


def of_product(result: dict[str, Any]) -> Outcome:
    """Ours. What was opened before the onset is wrong whatever it says."""
    label, onset, found = result["label"], _onset(result), _warnings(result)
    right, wrong = label["rules"], tuple(row["rule"] for row in found if not _is_true(result, row))
    early = {row["rule"] for row in found if row["opened"] < onset}
    top = next(iter(found), None)
    said = None if top is None else top["rule"]
    timely = [row["opened"] for row in found if row["rule"] in right and row["opened"] >= onset]
    ids = [id for row in found for id in result["offered"].get(row["rule"], [])]
    first = next(iter(top["options"]), None) if top else None
    return Outcome(
        name=result["name"],
        truth=right[0] if right else None,
        said=right[0] if said in right and said not in early else said,
        wrong=wrong,
        missed=tuple(rule for rule in label["second"] if rule not in {row["rule"] for row in found}),
        is_double=bool(label["second"]),
        first=first,
        is_acceptable=first in label["strategies"],
        helps_early=any(name in label["strategies"] for row in found[:2] for name in row["options"][:1]),
        forbidden=tuple(sorted(set(ids) & set(label["forbidden"]))),
        offers=len(ids),
        seconds=(min(timely) - onset) * result["scale"] if timely and result["stretched"] == 1 else None,
        reopened=sum(max(0, row["openings"] - 1) for row in found),
    )


def confidences(results: Iterable[dict[str, Any]]) -> list[tuple[float, bool]]:
    """How sure each warning of ours was, 0 to 1, and whether it is true."""
    return [(row["confidence"], _is_true(result, row)) for result in results for row in _warnings(result)]


def _onset(result: dict[str, Any]) -> float:
    return float(result["began"] + result["onset"] / result["scale"])


def _tolerated(result: dict[str, Any]) -> set[str]:
    return {name for kind in ("rules", "also", "second") for name in result["label"][kind]}


def _warnings(result: dict[str, Any]) -> list[dict[str, Any]]:
    """What was opened, without hints that nobody asked for."""
    tolerated = _tolerated(result)
    return [row for row in result["recommendations"] if row["severity"] != INFO or row["rule"] in tolerated]


def _is_true(result: dict[str, Any], row: dict[str, Any]) -> bool:
    return row["rule"] in _tolerated(result) and row["opened"] >= _onset(result)


def of_alarm(result: dict[str, Any], peer: str) -> Outcome:
    """A peer that knows one cause and one way out."""
    rule, strategy = peers.SAYS[peer]
    at = result["peers"][peer]
    return _simple(result, (rule,) if at is not None else (), strategy if at is not None else None, at)


def of_clinic(result: dict[str, Any]) -> Outcome | None:
    """Clinic Doctor; None where it was not run on this case. It names no way out."""
    category = result.get("clinic")
    return None if category is None else _simple(result, CLINIC.get(category, ()), None, None)


def _simple(result: dict[str, Any], said: tuple[str, ...], strategy: str | None, at: float | None) -> Outcome:
    label = result["label"]
    right = label["rules"]
    agrees = bool(set(said) & set(right))
    clones = {"autoscale", "cluster", "load-balance"} if strategy else set()
    return Outcome(
        name=result["name"],
        truth=right[0] if right else None,
        said=right[0] if agrees else next(iter(said), None),
        wrong=() if agrees else said[:1],
        is_double=bool(label["second"]),
        first=strategy,
        is_acceptable=bool(clones & set(label["strategies"])),
        forbidden=(strategy,) if strategy and strategy in label["forbidden"] else (),
        offers=1 if strategy else 0,
        seconds=at if agrees else None,
    )
