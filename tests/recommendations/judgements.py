"""Judgements as the engine would make them, for tests of what happens to them afterwards."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

from advisor.diagnosis.advice import Advice, Expectation, Judgement, Option, Rejection, Step
from advisor.diagnosis.finding import Condition, Evidence, Reading, RuleState, Ruling
from advisor.fleet.models import Service
from advisor.vocabulary import Family, Severity, Verdict

RULE = "event-loop-saturated"
NOW = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
T = NOW.timestamp()
_CONDITIONS = {
    Verdict.FIRING: Condition.OVER,
    Verdict.PENDING: Condition.OVER,
    Verdict.CLEAR: Condition.UNDER,
    Verdict.UNKNOWN: Condition.UNKNOWN,
}


def service(name: str = "checkout", *, serves: bool = True, seen: datetime = NOW) -> Service:
    """A service in the database, in an environment of its own."""
    return Service.objects.create(name=name, environment=uuid4().hex, serves=serves, first_seen=seen, last_seen=seen)


def ruling(verdict: Verdict, rule: str = RULE, busy: float = 0.89, at: float = T, name: str = "checkout") -> Ruling:
    reading = Reading(
        condition=_CONDITIONS[verdict],
        claim=f"{name}: the event loop is {busy:.0%} busy while 1 of 2 cores sits idle",
        evidence=(Evidence("loop_utilization", "Event loop busy", busy, "1", 0.85, "at least", True, "pid 7"),),
        severity=Severity.WARNING,
        confidence=0.8,
        missing=("event loop utilization",) if verdict is Verdict.UNKNOWN else (),
    )
    until = at + 60 if verdict is Verdict.PENDING else None
    state = RuleState(verdict, at, at if reading.condition is Condition.OVER else None, None)
    return Ruling(rule, "The event loop is full", verdict, at, until, reading, state)


def option(rank: int = 1, id: str = "cluster", text: str = "One core is idle.") -> Option:
    return Option(
        id=id,
        family=Family.CLONING,
        rank=rank,
        title="Run 2 processes on this host",
        why=text,
        confidence=0.8,
        effort="an hour",
        risk="state in memory is split",
        cost="90 MB of memory",
        expected=(
            Expectation("p95", "Response time p95", "s", 0.112, 0.04, 0.06),
            Expectation("capacity", "Most requests", "{request}/s", 180.0, 320.0, None),
        ),
        steps=(Step("Start it with PM2.", "PM2", "ecosystem.config.js", "instances: 2"),),
        check_first="Check that nothing lives in process memory.",
    )


def advice(of: Ruling) -> Advice:
    return Advice(of, (option(),), (Rejection("vertical", "A faster machine", "1 of 2 cores is idle already"),))


def judgement(
    service_id: int, verdict: Verdict, at: float = T, busy: float = 0.89, rule: str = RULE, name: str = "checkout"
) -> Judgement:
    """One rule's verdict with the advice that belongs to it."""
    one = ruling(verdict, rule, busy, at, name)
    told = (advice(one),) if verdict in (Verdict.FIRING, Verdict.PENDING) else ()
    return Judgement(service_id, at, (one,), told)
