"""Every signal that rules and strategies ask for, computed from one window of one service."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Final

from advisor.features import routes, stats
from advisor.features.histogram import Histogram
from advisor.features.machine import BUSY_LOOP, Machine
from advisor.features.memo import kept, remembered
from advisor.features.process import WARM_UP, Process
from advisor.features.window import Happening, InstanceWindow, ServiceWindow
from advisor.vocabulary import Entity, Role, columns_of
from advisor.vocabulary.runtimes import is_node

SILENCE: Final = 60.0
"""A process whose newest row is older than its sender's patience and this many (scaled) seconds is gone."""

ENOUGH_REQUESTS: Final = 200
"""Fewer requests than this say nothing about latency (decision model 1.2)."""

WIDER: Final = (1, 2, 3)
"""Where a span has too few requests, so many times as long is looked back: quiet services are slow as well."""

_OF_PROCESSES: Final = frozenset(columns_of(Entity.PROCESS))


@dataclass(frozen=True)
class Snapshot:
    """One service as it is at `now` (Unix seconds of sample time).

    `seconds` in all methods are those of the decision model; `time_scale` divides them. Shares are 0
    to 1, durations seconds, sizes bytes. What is not known is NaN.
    """

    window: ServiceWindow
    now: float
    time_scale: float = 1.0

    @property
    def name(self) -> str:
        """The service's name."""
        return self.window.name

    @remembered
    def recalled(self, rule: str) -> Snapshot | None:
        """The longer past that this rule asked for, in rollups; None in rounds in which it was not loaded."""
        past = self.window.recalled.get(rule)
        return None if past is None else Snapshot(past, self.now, self.time_scale)

    def happened(self, name: str, seconds: float) -> tuple[Happening, ...]:
        """Events of this name in the last (scaled) seconds, oldest first."""
        since = self.now - seconds / self.time_scale
        return tuple(event for event in self.window.events if event.name == name and since < event.at <= self.now)

    @kept
    def machines(self) -> tuple[Machine, ...]:
        """The machines that the service runs on."""
        hosts = [host for host in self.window.hosts if host.track.times.size]
        return tuple(Machine(h, min(self.now, float(h.track.times[-1])), self.time_scale) for h in hosts)

    @kept
    def processes(self) -> tuple[Process, ...]:
        """The processes that serve: alive, warmed up, and no primaries of a cluster."""
        return tuple(p for p in self._serving if p.began < p.now)

    @kept
    def is_contained(self) -> bool:
        """True if all processes that serve run in containers."""
        return bool(self.processes) and all(process.instance.container for process in self.processes)

    @kept
    def warming(self) -> int:
        """Processes alive but younger than the warm-up time."""
        return len(self._serving) - len(self.processes)

    @kept
    def _serving(self) -> tuple[Process, ...]:
        """A script of the same package that neither listens nor reports from inside does not dilute the means."""
        found = [self._process(i) for i in self.window.instances if i.role != Role.PRIMARY and self._is_alive(i)]
        return tuple([p for p in found if p.serves] or found)

    @kept
    def gone(self) -> tuple[Process, ...]:
        """The process that reported last, as it was then, where none is left; empty where one lives."""
        told = [i for i in self.window.instances if i.role != Role.PRIMARY and i.track.times.size]
        newest = max(told, key=lambda one: float(one.track.times[-1]), default=None)
        if newest is None or self._serving:
            return ()
        process = self._process(newest)
        return (replace(process, began=min(process.began, float(newest.track.times[0]))),)

    def _process(self, instance: InstanceWindow) -> Process:
        warm = -math.inf if instance.started is None else instance.started + WARM_UP / self.time_scale
        newest = float(instance.track.times[-1])
        return Process(instance, max(self.window.start, warm), min(self.now, newest), self.time_scale)

    def _is_alive(self, instance: InstanceWindow) -> bool:
        track = instance.track
        if not track.times.size:
            return False
        return float(track.times[-1]) >= self.now - max(track.patience, SILENCE / self.time_scale)

    def machine_of(self, process: Process) -> Machine | None:
        """The machine that a process runs on, if it reports."""
        return next((m for m in self.machines if m.id == process.instance.host_id), None)

    def on(self, machine: Machine) -> tuple[Process, ...]:
        """The service's processes on a machine."""
        return self._by_host.get(machine.id, ())

    @kept
    def _by_host(self) -> dict[int | None, tuple[Process, ...]]:
        hosts = {p.instance.host_id for p in self.processes}
        return {host: tuple([p for p in self.processes if p.instance.host_id == host]) for host in hosts}

    def lacks(self, columns: Iterable[str]) -> bool:
        """True if none of these columns is reported: by a serving process, or by a machine if only those have it."""
        return self._reported.isdisjoint(columns)

    @kept
    def _reported(self) -> set[str]:
        of_processes: set[str] = set().union(*(p.track.values for p in self.processes))
        of_machines: set[str] = set().union(*(m.track.values for m in self.machines))
        return (of_processes & _OF_PROCESSES) | (of_machines - _OF_PROCESSES)

    @remembered
    def coverage(self, seconds: float) -> float:
        """The share of all processes' expected points that came, 0 to 1; 0 without processes."""
        shares = [p.coverage(seconds) for p in self.processes]
        return sum(shares) / len(shares) if shares else 0.0

    @remembered
    def history(self, seconds: float) -> float:
        """The share of the span for which the oldest process can be judged, 0 to 1."""
        return max([p.history(seconds) for p in self.processes], default=0.0)

    @remembered
    def loop(self, seconds: float) -> float:
        """Mean utilization of the serving loops, measured or estimated from CPU time."""
        return stats.mean([p.loop(seconds) for p in self.processes])

    @remembered
    def work(self, seconds: float) -> float:
        """The sum of the loops' utilizations, in erlangs: it stays when the load is spread differently (P1)."""
        return stats.known_sum([p.loop(seconds) for p in self.processes])

    @remembered
    def cpu_main(self, seconds: float) -> float:
        """Mean share of a core that the serving main threads use."""
        return stats.mean([p.cpu_main(seconds) for p in self.processes])

    @remembered
    def cpu(self, seconds: float) -> float:
        """Cores that all serving processes keep at work."""
        return stats.known_sum([p.cpu(seconds) for p in self.processes])

    @remembered
    def gap(self, seconds: float) -> float:
        """Mean share of time that the loops are busy without computing; NaN without a probe."""
        return stats.mean([p.gap(seconds) for p in self.processes])

    @kept
    def measures_loop(self) -> bool:
        """True if every serving process reports its loop."""
        return all(p.measures_loop for p in self.processes)

    @kept
    def unmeasured_runtime(self) -> str:
        """The runtime of a serving process that reports no loop and is not Node.js; empty if there is none.

        The CPU time of a thread stands for the loop of Node.js alone: how those of others spend it was not measured.
        """
        strange = (p.instance.runtime for p in self.processes if not p.measures_loop)
        return next((runtime for runtime in strange if not is_node(runtime)), "")

    @kept
    def measures_main_thread(self) -> bool:
        """True if every serving process reports its main thread's CPU time."""
        return all(p.measures_main_thread for p in self.processes)

    @remembered
    def rps(self, seconds: float) -> float:
        """Requests answered per second; NaN where no process reports them."""
        return stats.known_sum([p.requests(seconds) for p in self.processes])

    def service_time(self, seconds: float) -> float:
        """Seconds that the loop spends on one request: utilization over throughput (utilization law)."""
        rate = self.rps(seconds)
        return self.work(seconds) / rate if rate > 0 else math.nan

    @remembered
    def latency(self, seconds: float) -> Histogram:
        """The durations of all requests."""
        return Histogram.merge(*(p.latency(seconds) for p in self.processes))

    @remembered
    def p95(self, seconds: float) -> float:
        """The 95th percentile of request durations, of up to three times as long where too few came; else NaN."""
        return p95_of(self.latency, seconds)

    @remembered
    def routes(self, seconds: float) -> tuple[routes.Route, ...]:
        """The routes, most request time first."""
        return routes.table(self.processes, seconds)

    def busy_loops(self, machine: Machine, seconds: float) -> int:
        """Busy loops on a machine; estimated for the service's own where no loop is reported."""
        own = sum(p.loop(seconds) >= BUSY_LOOP for p in self.on(machine))
        return max(own, machine.busy_loops(seconds))

    def websockets(self, seconds: float) -> float:
        """Upgraded sockets open in all processes; 0 where none are reported."""
        return sum(p.websockets(seconds) for p in self.processes)

    def memory(self, seconds: float) -> float:
        """Mean resident memory of a serving process in bytes."""
        return stats.mean([p.memory(seconds) for p in self.processes])

    @remembered
    def busiest_machine(self, seconds: float) -> Machine | None:
        """The machine with the least spare cores of those that serve and report their processors."""
        serving = [m for m in self.machines if self.on(m) and not math.isnan(m.spare(seconds))]
        return min(serving, key=lambda m: m.spare(seconds), default=None)

    @remembered
    def most_blocked(self, seconds: float) -> Process | None:
        """The process that loses most time of the span to blocks, of those that report delays; a young one has less."""
        told = [p for p in self.processes if not math.isnan(p.blocked_share(seconds))]
        return max(told, key=lambda p: p.blocked_share(seconds) * p.history(seconds), default=None)


def p95_of(latency: Callable[[float], Histogram], seconds: float) -> float:
    """The 95th percentile of durations of (scaled) seconds, of up to three times as long where too few came; else NaN.

    It is no higher than that of the span itself, whose requests are few: what is over is not told as present.
    """
    lately, spans = latency(seconds), (latency(times * seconds) for times in WIDER)
    enough = next((found for found in spans if found.count >= ENOUGH_REQUESTS), None)
    if enough is None or not lately.count:
        return math.nan
    found = enough.quantile(0.95)
    return found if enough is lately else min(found, lately.quantile(0.95))
