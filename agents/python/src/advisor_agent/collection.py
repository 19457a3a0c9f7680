"""One tick: run every collector and put together what is sent. No collector can silence another."""

from __future__ import annotations

import importlib
import os
import time
from collections.abc import Callable, Hashable, Iterator, Sequence
from types import ModuleType

from advisor_agent import collectors, errands
from advisor_agent.deltas import Deltas, Moment, Point
from advisor_agent.errand_runner import Answers, Errands
from advisor_agent.identity import Host, process_resource
from advisor_agent.kernel import Kernel
from advisor_agent.log import Log
from advisor_agent.metric import Sample, Samples
from advisor_agent.otlp import Report
from advisor_agent.processes import NodeProcess
from advisor_agent.scene import Cost, Observer, Scene

_HOST = "host"


def found_collectors() -> list[ModuleType]:
    """Every module of the package `collectors`."""
    return _modules(collectors)


def found_errands() -> list[ModuleType]:
    """Every module of the package `errands`."""
    return _modules(errands)


def _modules(package: ModuleType) -> list[ModuleType]:
    """What lies in a package, be it a folder or in a zip."""
    (place,) = package.__path__
    names = _names_in_folder(place) if os.path.isdir(place) else _names_in_zip(place)
    return [importlib.import_module(f"{package.__name__}.{name}") for name in sorted(names)]


def _names_in_folder(folder: str) -> set[str]:
    stems = {name.partition(".")[0] for name in os.listdir(folder) if name.endswith((".py", ".pyc"))}
    return stems - {"__init__"}


def _names_in_zip(place: str) -> set[str]:
    import pkgutil  # it brings `inspect` with it, 2 MiB that the common case does not pay

    return {module.name for module in pkgutil.iter_modules([place])}


def now() -> Moment:
    """This instant."""
    return Moment(time.time_ns(), time.monotonic())


class Collection:
    """Collects again and again; the first time of a subject has no increases."""

    def __init__(
        self,
        kernel: Kernel,
        log: Log,
        modules: Sequence[ModuleType],
        clock: Callable[[], float] = time.perf_counter,
        errands: Errands | None = None,
    ) -> None:
        self._observer = Observer(kernel)
        self._host = Host(kernel)
        self._log = log
        self._deltas = Deltas()
        self._clock = clock
        self._costs = {_name(module): Cost() for module in modules}
        self._errands = errands
        self._of_host = [module for module in modules if hasattr(module, "collect_host")]
        self._of_process = [module for module in modules if hasattr(module, "collect_process")]

    def collect(self, moment: Moment) -> list[Report]:
        """The host first, then every Node.js process that is still there."""
        scene = self._observer.look()
        answers = _by_subject(self._errands.take()) if self._errands else {}
        scene.costs = {**self._costs, **(self._errands.costs if self._errands else {})}
        samples = [sample for module in self._of_host for sample in self._read(module, module.collect_host, scene)]
        points = self._points(_HOST, samples, answers.get(None, {}), moment)
        reports = [Report(self._host.resource, points)]
        for process in scene.processes:
            samples = self._process_samples(scene, process)
            if samples:
                points = self._points(process.key, samples, answers.get(process.pid, {}), moment)
                reports.append(Report(process_resource(self._host, process), points))
        self._deltas.keep(self._subjects(scene))
        if self._errands:
            self._errands.start_due(scene)
        return reports

    def _points(
        self, subject: Hashable, samples: list[Sample], answers: dict[str, list[Sample]], moment: Moment
    ) -> list[Point]:
        """What was read now, and what errands brought: their increases are counted from their own last time."""
        points = self._deltas.points(subject, samples, moment)
        for name, told in answers.items():
            points += self._deltas.points((subject, name), told, moment)
        return points

    def _subjects(self, scene: Scene) -> Iterator[Hashable]:
        errands = self._errands.costs if self._errands else ()
        for subject in (_HOST, *(process.key for process in scene.processes)):
            yield subject
            yield from ((subject, name) for name in errands)

    def _process_samples(self, scene: Scene, process: NodeProcess) -> list[Sample]:
        found: list[Sample] = []
        for module in self._of_process:
            try:
                found += self._read(module, module.collect_process, scene, process)
            except (FileNotFoundError, ProcessLookupError):
                return []  # it ended while we looked: half a snapshot would mislead
        return found

    def _read(self, module: ModuleType, collect: Callable[..., Samples], *scene: object) -> list[Sample]:
        """A collector's samples, or none and one line that says what a person can do."""
        name = _name(module)
        cost, began = self._costs[name], self._clock()
        try:
            return list(collect(*scene))
        except Exception as error:
            if len(scene) > 1 and isinstance(error, (FileNotFoundError, ProcessLookupError)):
                raise
            cost.failures += 1
            self._log.once(name, _complaint(name, error))
            return []
        finally:
            cost.seconds += self._clock() - began


def _by_subject(answers: Answers) -> dict[int | None, dict[str, list[Sample]]]:
    """Process id, or None for the host -> errand -> what it told of that one."""
    found: dict[int | None, dict[str, list[Sample]]] = {}
    for name, told in answers.items():
        for answer in told:
            found.setdefault(answer.pid, {}).setdefault(name, []).append(answer.sample)
    return found


def _name(module: ModuleType) -> str:
    return module.__name__.rpartition(".")[2]


def _complaint(name: str, error: Exception) -> str:
    if isinstance(error, PermissionError):
        return (
            f"{name} is not reported: {error.filename} may not be read. Run the agent as the services' user"
            " or as root, or give it CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH."
        )
    if isinstance(error, FileNotFoundError):
        return f"{name} is not reported: this kernel has no {error.filename}. The rest goes on."
    return f"{name} is not reported ({type(error).__name__}: {error}). The rest goes on; please report this line."
