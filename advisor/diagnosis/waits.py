"""What a service waits for while nothing inside it is busy: one look, each figure beside its limit."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass, replace

from advisor.diagnosis import calls, unseen
from advisor.diagnosis.finding import Evidence, all_hold, at_least, below
from advisor.diagnosis.rule import Rule
from advisor.features import Snapshot, parts, shortage, stats
from advisor.features.lives import CHANGED, changes
from advisor.features.memo import kept
from advisor.features.parts import Destination, Pool
from advisor.features.process import MINUTE
from advisor.features.slowest import Slowest, slowest
from advisor.features.unseen_queue import UnseenQueue, unseen_queue


@dataclass(frozen=True)
class Waits:
    """One look at a service over so many (scaled) seconds, with the limits of the rule that asks."""

    snapshot: Snapshot
    rule: Rule
    seconds: float

    @kept
    def slowest(self) -> Slowest:
        """How slow all requests are, or those of one route."""
        return slowest(self.snapshot, self.seconds, min(self.rule.relaxed, self.rule.early * self.rule.slow))

    @kept
    def whole(self) -> float:
        """The same of all requests: a pool is not to answer for a route that does not use it."""
        return self.snapshot.p95(self.seconds)

    @property
    def p95(self) -> float:
        """Seconds within which 95% of them are answered; NaN with too few requests to tell."""
        return self.slowest.p95

    @kept
    def called(self) -> tuple[Destination, ...]:
        """What it calls, the one that takes most time first."""
        return parts.destinations(self.snapshot, self.seconds)

    @kept
    def pool(self) -> Pool | None:
        """The fullest pool that tells how large it is and who waits for it; of full ones, that which most wait for."""
        found = (pool for pool in parts.pools(self.snapshot, self.seconds) if pool.utilization >= 0)
        told, full = [pool for pool in found if pool.tells_waits], self.rule.full
        return max(told, key=lambda pool: (min(pool.utilization, full), pool.wanted - pool.used), default=None)

    @kept
    def share(self) -> float:
        """The share of a request's time in which the loop does not work on it; NaN where it is not known."""
        mean = self.snapshot.latency(self.seconds).mean
        return max(0.0, 1 - self.snapshot.service_time(self.seconds) / mean) if mean > 0 else math.nan

    @kept
    def general(self) -> tuple[Evidence, ...]:
        """How slow it is, and how little its own loop and machine have to do with that."""
        rule, loop = self.rule, self.snapshot.loop(self.seconds)
        host = stats.highest([machine.cpu(self.seconds) for machine in self.snapshot.machines])
        label = "Event loop busy" if self.snapshot.measures_loop else "Event loop busy, estimated from CPU time"
        return (
            at_least("p95", "95% of requests answered within", self.p95, "s", rule.slow, self.slowest.route),
            at_least("wait_share", "Time of a request without work of the loop", self.share, "1", rule.waiting),
            below("loop_utilization", label, loop, "1", rule.fuller if self.outlasts else rule.busy),
            below("host_cpu", "Host CPU", host, "1", rule.host),
            below("cpu_wait", "Main thread waits for a processor", self.crowded, "1", rule.crowded),
        )

    @kept
    def crowded(self) -> float:
        """The share of all time in which the main threads wait for a processor; NaN where not told."""
        return stats.mean([shortage.waited(process, self.seconds) for process in self.snapshot.processes])

    @kept
    def is_idle(self) -> bool:
        """True if neither the loop nor the machine makes the requests wait; a busy machine need not."""
        _, share, loop, host, crowded = (e.holds for e in self.general)
        return share is not False and loop is not False and (host is not False or crowded is True)

    @kept
    def outlasts(self) -> bool:
        """True if the calls that take most of the time take longer than what the loop adds to one can explain."""
        return self.by_calls and self.called[0].mean >= self.rule.blocks * self.blocked

    @kept
    def failing(self) -> tuple[Evidence, ...]:
        """Failed requests, and failed calls, where calls take most of a time that is noticed."""
        if not self.by_calls or not self.p95 >= self.rule.noticed:
            return ()
        return calls.failing(self.snapshot, self.called, self.seconds, self.rule.failed, self.rule.failing)

    @kept
    def is_cut(self) -> bool:
        """True if calls fail after a time that is noticed, and requests with them: a limit of time hides how slow."""
        return all_hold(self.failing)

    @kept
    def is_hurt(self) -> bool:
        """True if users wait, or are turned away, and nothing inside explains it."""
        return self.is_idle and (self.p95 >= self.rule.slow or self.is_cut)

    @property
    def is_seen(self) -> bool:
        """True if it is seen what they wait for."""
        return self.by_pool or self.by_calls or self.by_unseen

    @property
    def is_due_to_it(self) -> bool:
        """True if users wait for what is seen; a pool is named before answers are slow."""
        early = self.is_idle and self.by_pool and self.queue >= self.rule.doubled
        return (self.is_hurt and self.is_seen) or early

    @kept
    def lasts(self) -> bool:
        """True if each of its minutes says so by itself, and no deploy or change of scale disturbs them.

        Such a change disturbs as long as they are.
        """
        if not self.is_due_to_it or any(change.kind in CHANGED for change in changes(self.snapshot, 2 * self.seconds)):
            return False
        ends = (self.snapshot.now - n * MINUTE / self.snapshot.time_scale for n in range(int(self.seconds / MINUTE)))
        minutes = (Waits(replace(self.snapshot, now=end), self.rule, MINUTE) for end in ends)
        return all(minute.is_due_to_it for minute in minutes)

    @kept
    def pooled(self) -> tuple[Evidence, ...]:
        """How full the pool is, and how long requests wait for it."""
        if self.pool is None:
            return ()
        rule, pool, who = self.rule, self.pool, f"{self.pool.name} in {self.pool.process}"
        felt = pool.wait / self.snapshot.latency(self.seconds).mean
        return (
            at_least("pool_used", "Connections of the pool at work", pool.utilization, "1", rule.full, who),
            at_least("pool_pending", "Requests that wait for a connection", pool.pending, "{request}", rule.pending,
                     who),
            at_least("pool_wait", "Their wait (95%), of the time of a request", felt, "1", rule.felt, who),
        )  # fmt: skip

    @kept
    def queue(self) -> float:
        """The share of the slowest requests' time in which they wait for a connection; 0 where nobody notices."""
        wait = math.nan if self.pool is None else self.pool.wait
        return min(1.0, wait / self.whole) if wait >= self.rule.noticed else 0.0

    @kept
    def queued(self) -> tuple[Evidence, ...]:
        """That share, beside the least that counts before answers are slow."""
        told = at_least("pool_queue", "That wait, of what the slowest 5% take", self.queue, "1", self.rule.doubled)
        return (told,) if self.queue else ()

    @kept
    def told(self) -> tuple[Evidence, ...]:
        """The time that calls take of that of requests."""
        return calls.evidence(self.called, self.rule.share)

    @kept
    def by_pool(self) -> bool:
        """True if a pool is too small."""
        return hold(self.pooled)

    @kept
    def by_calls(self) -> bool:
        """True if the calls themselves take most of the time."""
        return hold(self.told) and not self.by_pool

    @kept
    def ever(self) -> tuple[Evidence, ...]:
        """That no calls that count were ever much quicker; not where one is a database, which is its own to tune."""
        dear = [one for one in self.called if one.share >= self.rule.counts]
        if not (self.is_hurt and self.by_calls) or any(one.is_database for one in dear):
            return ()
        return tuple(calls.ever(self.snapshot, one, self.rule.ever) for one in dear)

    @kept
    def risen(self) -> tuple[Evidence, ...]:
        """How much longer the dearest calls take than in a quick minute, before answers are so slow as to be named."""
        near = self.p95 >= self.rule.early * self.rule.slow
        if not (near and self.is_idle and self.by_calls) or self.is_hurt:
            return ()
        return (calls.risen(self.snapshot, self.called[0], self.rule.sudden),)

    @kept
    def is_rising(self) -> bool:
        """True if they take so much longer that it is no chance."""
        return all_hold(self.risen)

    @kept
    def hidden(self) -> UnseenQueue | None:
        """What is seen around a wait that nobody tells of, where nothing that is told explains it."""
        named = self.by_pool or self.by_calls
        return unseen_queue(self.snapshot, self.called, self.seconds) if self.is_hurt and not named else None

    @kept
    def unnamed(self) -> tuple[Evidence, ...]:
        """The same beside its limits: of a queue before calls, else of a sudden wait."""
        return unseen.evidence(self.hidden, self.rule)

    @kept
    def by_unseen(self) -> bool:
        """True if there is such a wait."""
        return hold(self.unnamed)

    @kept
    def usual_block(self) -> float:
        """The median of the longest blocks of each minute, in the process where they are longest; NaN if unknown."""
        told = [process.blocked_minutes(self.seconds) for process in self.snapshot.processes]
        return stats.highest([statistics.median(minutes) for minutes in told if minutes])

    @property
    def blocked(self) -> float:
        """Seconds for which blocks hold up a call on the mean: one of its own, and the wait for others' (M/D/1)."""
        busy = self.snapshot.loop(self.seconds)
        return self.usual_block * (1 + busy / (1 - busy) / 2) if busy < 1 else math.inf


def hold(evidence: tuple[Evidence, ...]) -> bool:
    """True if every figure that is known and has a limit speaks for it, and there is one."""
    judged = [e.holds for e in evidence if e.holds is not None]
    return bool(judged) and all(judged)
