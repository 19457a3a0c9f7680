"""Whether two resources are one process. Agent, probe and SDK each know other things of it.

From outside a process in a container has the number that the machine gives it, and one inside; whoever speaks from
inside knows only that one.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from advisor.fleet.claim import Claim
from advisor.fleet.models import Instance

SAME_START = 5.0
"""Seconds by which two senders' start times of one process may differ: both round, from different clocks."""

STILL_THERE = timedelta(minutes=5)
"""A process without a known start time counts as the one of the same pid that was seen this recently."""


def same_process(candidates: Iterable[Instance], key: str, claim: Claim, now: datetime) -> Instance | None:
    """The instance that a claim speaks of, None where it is a new one.

    Several containers may each have a process of one number. Where only that number speaks for an instance it must be
    the only one: of two nobody can tell which.
    """
    possible = [one for one in candidates if not _elsewhere(one, claim)]
    for test in (_same_life, _same_key, _same_pid):
        found = [one for one in possible if test(one, key, claim, now)]
        sure = [one for one in found if not _by_number_inside(one, claim) or _same_container(one, claim)]
        if sure or len(found) == 1:
            return (sure or found)[0]
    return None


def _same_container(one: Instance, claim: Claim) -> bool:
    return bool(claim.container) and one.container == claim.container


def _elsewhere(one: Instance, claim: Claim) -> bool:
    """True where the two are in different containers. An agent looks for one: where it names none, there is none."""
    if claim.container and one.container:
        lent = (one.sandbox == claim.container) if claim.inside else (claim.sandbox == one.container)
        return not lent and not _same_container(one, claim)
    if claim.inside:
        return bool(claim.container) and not one.inside
    return bool(one.container)


def _same_number(one: Instance, claim: Claim) -> bool:
    return bool(claim.pid) and (one.pid == claim.pid or _by_number_inside(one, claim))


def _by_number_inside(one: Instance, claim: Claim) -> bool:
    """True where the number of one side is the other's number inside the container."""
    if not claim.pid or one.pid == claim.pid:
        return False
    return claim.pid == one.virtual_pid if claim.inside else one.pid == claim.virtual_pid


def _same_life(one: Instance, key: str, claim: Claim, now: datetime) -> bool:
    """The same number, started within `SAME_START`."""
    if not _same_number(one, claim) or claim.started is None or one.started_at is None:
        return False
    if _by_number_inside(one, claim) and one.inside and claim.inside and one.key != key:
        return False
    return abs(one.started_at - claim.started) <= SAME_START


def _same_key(one: Instance, key: str, claim: Claim, now: datetime) -> bool:
    """The same `service.instance.id`, unless pid or start show another process: some set the id by hand."""
    if one.key != key or (one.pid and claim.pid and not _same_number(one, claim)):
        return False
    if not claim.key and claim.pid and claim.started is None and now - one.last_seen > STILL_THERE:
        return False  # its number is all that is known, and may be another's by now
    return one.started_at is None or claim.started is None or abs(one.started_at - claim.started) <= SAME_START


def _same_pid(one: Instance, key: str, claim: Claim, now: datetime) -> bool:
    """The same number where one side knows no start: seen lately, and spoken for from inside by one sender only."""
    if not _same_number(one, claim) or now - one.last_seen > STILL_THERE:
        return False
    if one.inside and claim.inside:
        return False
    if claim.started is None:
        return True
    return one.started_at is None and one.first_seen.timestamp() >= claim.started - SAME_START
