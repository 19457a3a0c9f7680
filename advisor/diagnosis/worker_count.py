"""How many workers a machine or a quota should run: P1 of the decision model 1.6, within its idle cores."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from advisor.diagnosis.peak import growth
from advisor.diagnosis.prediction import NOW, SIZING, copies_for, copies_that_survive, is_censored
from advisor.diagnosis.sharing import copies_by_descriptors
from advisor.features import Snapshot, control_groups, stats
from advisor.features.control_groups import ControlGroup

BLOCKED, DROPPED, DESCRIPTORS = "event-loop-blocked", "dropped-at-deploy", "descriptor-exhaustion"


@dataclass(frozen=True, slots=True)
class Plan:
    """So many workers in this control group instead of so many now."""

    group: ControlGroup
    before: int
    after: int


def carrying(snapshot: Snapshot, group: ControlGroup, rule: str) -> Plan:
    """As many as carry its work (P1, first term) and answer what the rule found."""
    here = group.processes
    work = stats.known_sum([p.loop(NOW) for p in here])
    wanted = len(here) if math.isnan(work) else copies_for(work, growth(snapshot))
    if is_censored(snapshot):
        wanted = max(wanted, 2 * len(here))  # what is hidden can only be found by a step and another look
    if rule == BLOCKED:
        wanted = max(wanted, len(here) + 1)  # one more, so that a block holds up half of the requests at most
    if rule == DROPPED:
        wanted = max(wanted, 2)  # one answers while the other restarts
    if rule == DESCRIPTORS:
        wanted = max(wanted, copies_by_descriptors(snapshot, len(here)))
    return Plan(group, len(here), min(wanted, len(here) + _room(snapshot, group)))


def surviving(snapshot: Snapshot, plan: Plan) -> Plan:
    """The same with as many as the whole service needs to carry its work with one lost (P1, both terms)."""
    work, groups = snapshot.work(NOW), max(1, len(control_groups.every(snapshot)))
    if math.isnan(work):
        return plan
    wanted = math.ceil(copies_that_survive(work, growth(snapshot)) / groups)
    return replace(plan, after=max(plan.after, min(wanted, plan.before + _room(snapshot, plan.group))))


def _room(snapshot: Snapshot, group: ControlGroup) -> int:
    return min(control_groups.without_loop(snapshot, group, NOW), math.ceil(group.spare(SIZING)))
