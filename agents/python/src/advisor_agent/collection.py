"""One tick: run every collector and put together what is sent. No collector can silence another."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from types import ModuleType
from typing import Protocol

from advisor_agent.deltas import Deltas, Moment, Point
from advisor_agent.errand_runner import Answers
from advisor_agent.identity import process_resource
from advisor_agent.log import Log
from advisor_agent.metric import Sample, Samples
from advisor_agent.otlp import Report
from advisor_agent.process import Process
from advisor_agent.system import System
from advisor_agent.view import Cost, View

_HOST = "host"
_EARLY_SECONDS = 0.5
"""Looks are no closer than a second; one that comes a moment early is the one that is meant."""


def now() -> Moment:
    """This instant."""
    return Moment(time.time_ns(), time.monotonic())


class Asker(Protocol):
    """Somebody who is told who there is to ask, and brings answers by the time of a later tick."""

    costs: dict[str, Cost]

    @property
    def names(self) -> Iterable[str]:
        """What its answers are told apart by."""

    def take(self) -> Answers:
        """What came since the last time."""

    def start_due(self, view: View) -> None:
        """Ask, or learn whom to ask."""


class Collection:
    """Collects again and again; the first time of a subject has no increases."""

    def __init__(
        self,
        system: System,
        log: Log,
        clock: Callable[[], float] = time.perf_counter,
        askers: Sequence[Asker] = (),
    ) -> None:
        self._system = system
        self._log = log
        self._deltas = Deltas()
        self._clock = clock
        self._costs = {_name(module): Cost() for module in system.collectors}
        self._askers = askers
        of_host = [module for module in system.collectors if hasattr(module, "collect_host")]
        self._of_host = [module for module in of_host if not hasattr(module, "EVERY")]
        self._now_and_then = [module for module in of_host if hasattr(module, "EVERY")]
        self._read_at: dict[str, float] = {}
        self._of_process = [module for module in system.collectors if hasattr(module, "collect_process")]

    def collect(self, moment: Moment) -> list[Report]:
        """The host first, then every Node.js process that is still there."""
        view = self._system.look()
        answers = _by_subject(asker.take() for asker in self._askers)
        view.costs = dict(self._costs)
        for asker in self._askers:
            view.costs.update(asker.costs)
        samples = [sample for module in self._of_host for sample in self._read(module, module.collect_host, view)]
        points = self._points(_HOST, samples, {**answers.get(None, {}), **self._due(view, moment)}, moment)
        reports = [Report(self._system.host.resource, points)]
        for process in view.processes:
            samples = self._process_samples(view, process)
            if samples:
                points = self._points(process.key, samples, answers.get(process.pid, {}), moment)
                reports.append(Report(process_resource(self._system.host, process), points))
        self._deltas.keep(self._subjects(view))
        for asker in self._askers:
            asker.start_due(view)
        return reports

    def _due(self, view: View, moment: Moment) -> dict[str, list[Sample]]:
        """Samples of those collectors that are not read at each look, and whose time has come."""
        due = {}
        for module in self._now_and_then:
            name = _name(module)
            if moment.steady - self._read_at.get(name, -math.inf) >= module.EVERY - _EARLY_SECONDS:
                self._read_at[name] = moment.steady
                due[name] = self._read(module, module.collect_host, view)
        return due

    def _points(
        self, subject: Hashable, samples: list[Sample], answers: dict[str, list[Sample]], moment: Moment
    ) -> list[Point]:
        """What was read now, and what is told now and then: its increases are counted from its own last time."""
        points = self._deltas.points(subject, samples, moment)
        for name, told in answers.items():
            points += self._deltas.points((subject, name), told, moment)
        return points

    def _subjects(self, view: View) -> Iterator[Hashable]:
        rare = [*(name for asker in self._askers for name in asker.names), *self._read_at]
        for subject in (_HOST, *(process.key for process in view.processes)):
            yield subject
            yield from ((subject, name) for name in rare)

    def _process_samples(self, view: View, process: Process) -> list[Sample]:
        found: list[Sample] = []
        for module in self._of_process:
            try:
                found += self._read(module, module.collect_process, view, process)
            except (FileNotFoundError, ProcessLookupError):
                return []  # it ended while we looked: half a snapshot would mislead
        return found

    def _read(self, module: ModuleType, collect: Callable[..., Samples], *seen: object) -> list[Sample]:
        """A collector's samples, or none and one line that says what a person can do."""
        name = _name(module)
        cost, began = self._costs[name], self._clock()
        try:
            return list(collect(*seen))
        except Exception as error:
            if len(seen) > 1 and isinstance(error, (FileNotFoundError, ProcessLookupError)):
                raise
            cost.failures += 1
            if len(seen) > 1 and isinstance(error, PermissionError):
                self._log.once("hidden", f"{self._system.hidden} {self._system.remedy}")
            else:
                self._log.once(name, self._complaint(name, error))
            return []
        finally:
            cost.seconds += self._clock() - began

    def _complaint(self, name: str, error: Exception) -> str:
        if isinstance(error, PermissionError):
            return f"{name} is not reported: {error.filename} may not be read. {self._system.remedy}"
        if isinstance(error, FileNotFoundError):
            return f"{name} is not reported: this kernel has no {error.filename}. The rest goes on."
        if isinstance(error, NotImplementedError):
            return f"{name} is not reported: this system does not tell it. The rest goes on."
        return f"{name} is not reported ({type(error).__name__}: {error}). The rest goes on; please report this line."


def _by_subject(taken: Iterable[Answers]) -> dict[int | None, dict[str, list[Sample]]]:
    """Process id, or None for the host -> name of the answers -> what they tell of that one."""
    found: dict[int | None, dict[str, list[Sample]]] = {}
    for name, told in (item for answers in taken for item in answers.items()):
        for answer in told:
            found.setdefault(answer.pid, {}).setdefault(name, []).append(answer.sample)
    return found


def _name(module: ModuleType) -> str:
    return module.__name__.rpartition(".")[2]
