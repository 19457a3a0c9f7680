"""Limits that somebody set for one service, in place of the ones that rules and ways out come with."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from datetime import datetime

from advisor.diagnosis import Limit, Rule, Strategy
from advisor.diagnosis.words import unit_word
from advisor.engine.registry import RULES, STRATEGIES
from advisor.fleet.models import Service
from advisor.recommendations.content import plain
from advisor.recommendations.models import LimitOverride, RuleVerdict

Limits = dict[str, dict[str, float]]
"""Rule or strategy -> limit -> value, in the units of the limits."""

LONGEST_REASON = 500


def of_services(service_ids: Iterable[int]) -> dict[int, Limits]:
    """Service -> its own limits; services without any are absent. One query."""
    found: dict[int, Limits] = {}
    for row in LimitOverride.objects.filter(service_id__in=list(service_ids)):
        found.setdefault(row.service_id, {}).setdefault(row.entry, {})[row.limit] = row.value
    return found


def entry_of(name: str) -> Rule | Strategy:
    """A rule or a way out by its id.

    Raises:
        KeyError: there is none of this id.
    """
    return RULES[name] if name in RULES else STRATEGIES[name]


def is_share(limit: Limit) -> bool:
    """True for a limit that is a share of something, 0 to 1; a count has the same unit and is greater than one."""
    return limit.unit == "1" and limit.value <= 1


def scale(limit: Limit) -> tuple[float, str]:
    """By what a limit is multiplied for people, and the unit that it then has."""
    if is_share(limit):
        return 100.0, "%"
    if limit.unit == "By":
        return 1e-6, "MB"
    return 1.0, {"s": "seconds"}.get(limit.unit, unit_word(limit.unit))


def text(limit: Limit, value: float) -> str:
    """A value of a limit as people read it: 80%, 20 MB, 3 minutes."""
    factor, unit = scale(limit)
    number = f"{value * factor:,.12g}"
    return f"{number}%" if unit == "%" else f"{number} {unit}".strip()


def name_of(key: str) -> str:
    """A limit's name in words."""
    return key.replace("_", " ").capitalize()


def put(service: Service, entry: str, limit: str, value: float, reason: str, by: str, now: datetime) -> LimitOverride:
    """Set a limit of one service, in the limit's own unit. It holds from the next look on, and the rule starts anew.

    Raises:
        KeyError: there is no such rule or way out, or it has no such limit of its own.
        ValueError: the value cannot be that limit, is on the wrong side of its partner (`Limit.at_most`), or has no
            reason; the text says what is wrong and what to do.
    """
    default = entry_of(entry).changeable[limit]
    if not math.isfinite(value) or value <= 0:
        raise ValueError("The value must be a number greater than 0.")
    if is_share(default) and value > 1:
        raise ValueError("The value is a share: it must be 100% or less.")
    _compare(service, entry, limit, value)
    told = plain(reason.strip())
    if not told:
        raise ValueError("Say in a few words why this service needs another limit; others will ask.")
    if len(told) > LONGEST_REASON:
        raise ValueError(f"The reason must have at most {LONGEST_REASON} characters.")
    said = {"value": value, "reason": told, "set_by": by[:150], "set_at": now}
    _start_anew(service, entry)
    return LimitOverride.objects.update_or_create(service=service, entry=entry, limit=limit, defaults=said)[0]


def reset(service: Service, entry: str, limit: str) -> bool:
    """Go back to the limit that the rule or way out comes with; False if nothing else was set.

    Raises:
        KeyError: there is no such rule or way out, or it has no such limit of its own.
        ValueError: the default is on the wrong side of what is set for its partner; the text says what to do.
    """
    _compare(service, entry, limit, entry_of(entry).changeable[limit].value)
    was_set = bool(LimitOverride.objects.filter(service=service, entry=entry, limit=limit).delete()[0])
    if was_set:
        _start_anew(service, entry)
    return was_set


def _start_anew(service: Service, entry: str) -> None:
    """Forget what a rule remembers: it fires, or is on the way there, by a limit that holds no more.

    Between its levels it would go on firing for ever. Open advice stays if it is over by the new limit as well.
    """
    RuleVerdict.objects.filter(service=service, rule=entry).delete()


def _compare(service: Service, entry: str, limit: str, value: float) -> None:
    """Refuse a value on the wrong side of the limits that it is paired with, as the service has them."""
    declared, own = entry_of(entry).changeable, of_services([service.pk]).get(service.pk, {}).get(entry, {})
    for partner, below in _partners(declared, limit):
        other = own.get(partner, declared[partner].value)
        if (value > other) if below else (value < other):
            side, turn = ("at most", "higher") if below else ("at least", "lower")
            raise ValueError(
                f"{name_of(limit)} cannot be {text(declared[limit], value)}: it must be {side} {name_of(partner)}, "
                f"which is {text(declared[partner], other)} for this service. Set {name_of(partner)} {turn} "
                "first, or take another value here."
            )


def _partners(declared: dict[str, Limit], limit: str) -> Iterator[tuple[str, bool]]:
    """The limits that one is paired with, and whether it must be the lower of the two."""
    if declared[limit].at_most:
        yield declared[limit].at_most, True
    yield from ((name, False) for name, other in declared.items() if other.at_most == limit)
