"""The parent's side of errands: starts children, hears them out, ends those that take too long."""

from __future__ import annotations

import json
import os
import selectors
import signal
import sys
import time
from collections.abc import Callable, Sequence
from types import ModuleType

from advisor_agent.config import Config
from advisor_agent.errand import DEADLINE_SECONDS, Answer, ErrandError, understood
from advisor_agent.log import Log
from advisor_agent.view import Cost, View

_CODE = "import sys; sys.path.insert(0, sys.argv[1]); from advisor_agent.errand import main; main()"
_PLACE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
"""The folder, or the zip application, that this package lies in."""

_MOST_BYTES = 1 << 20
_PIECE_BYTES = 1 << 16
_REAP_SECONDS = 0.05

Answers = dict[str, list[Answer]]
"""Errand -> what it brought since it was last asked for."""


class _Child:
    """One errand under way."""

    __slots__ = ("ends_by", "heard", "is_done", "pid", "source")

    def __init__(self, pid: int, source: int, ends_by: float) -> None:
        self.pid = pid
        self.source = source
        self.ends_by = ends_by
        self.heard = b""
        self.is_done = False


class Errands:
    """At most one child an errand. `costs` are the children's CPU seconds and failures."""

    def __init__(
        self,
        config: Config,
        modules: Sequence[ModuleType],
        selector: selectors.BaseSelector,
        log: Log,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._config = config
        self._modules = {module.__name__.rpartition(".")[2]: module for module in modules}
        self._metrics = {metric.name: metric for module in modules for metric in module.METRICS}
        self._selector = selector
        self._log = log
        self._clock = clock
        self._children: dict[str, _Child] = {}
        self._started: dict[str, float] = {}
        self._brought: Answers = {}
        self._wrong: dict[str, set[str]] = {}
        self.costs: dict[str, Cost] = {}

    @property
    def names(self) -> list[str]:
        """Of the errands that were run."""
        return list(self.costs)

    def take(self) -> Answers:
        """What came since the last time."""
        brought, self._brought = self._brought, {}
        return brought

    def start_due(self, view: View) -> None:
        """Send a child on every errand whose time has come and that has somebody to ask."""
        for name, module in self._modules.items():
            if name in self._children or self._clock() < self._started.get(name, -module.EVERY) + module.EVERY:
                continue
            try:
                targets = module.targets(self._config, view)
            except ErrandError as error:
                self.costs.setdefault(name, Cost())
                self._failed(name, [str(error)])
                continue
            if targets:
                self._started[name] = self._clock()
                self._start(name, targets)

    def next_wake(self) -> float | None:
        """When somebody must be looked after again, on the monotonic clock."""
        if not self._children:
            return None
        soon = self._clock() + _REAP_SECONDS
        return min(soon if child.is_done else child.ends_by for child in self._children.values())

    def work(self) -> None:
        """Take leave of children that are done, and end those that are late."""
        for name, child in list(self._children.items()):
            if self._clock() >= child.ends_by:
                self._give_up(name, child, f"took longer than {DEADLINE_SECONDS} s")
            elif child.is_done:
                self._reap(name, child)

    def settle(self) -> None:
        """Wait until no child is under way, or its time is over."""
        while self._children:
            wake = self.next_wake() or self._clock()
            for key, events in self._selector.select(max(wake - self._clock(), 0.0)):
                key.data(events)
            self.work()

    def close(self) -> None:
        """End every child."""
        for name, child in list(self._children.items()):
            self._end(name, child)

    def _start(self, name: str, targets: list[str]) -> None:
        self.costs.setdefault(name, Cost())
        order, answer = os.pipe(), os.pipe()
        actions = [(os.POSIX_SPAWN_DUP2, order[0], 0), (os.POSIX_SPAWN_DUP2, answer[1], 1)]
        environ = {key: value for key, value in os.environ.items() if not key.startswith("ADVISOR_")}
        command = [sys.executable, "-c", _CODE, _PLACE]
        try:
            pid = os.posix_spawn(sys.executable, command, environ, file_actions=actions)
        except OSError as error:
            for descriptor in (*order, *answer):
                os.close(descriptor)
            self._failed(name, [f"{name} cannot be asked: {error.strerror}."])
            return
        _tell(order[1], {"errand": name, "targets": targets})
        for descriptor in (*order, answer[1]):
            os.close(descriptor)
        child = _Child(pid, answer[0], self._clock() + DEADLINE_SECONDS)
        self._children[name] = child
        self._selector.register(child.source, selectors.EVENT_READ, lambda events: self._hear(name, child))

    def _hear(self, name: str, child: _Child) -> None:
        piece = os.read(child.source, _PIECE_BYTES)
        child.heard += piece
        if len(child.heard) > _MOST_BYTES:
            self._give_up(name, child, f"answers with more than {_MOST_BYTES} bytes")
        elif not piece:
            self._selector.unregister(child.source)
            child.is_done = True
            self._reap(name, child)

    def _reap(self, name: str, child: _Child) -> None:
        pid, status, usage = os.wait4(child.pid, os.WNOHANG)
        if not pid:
            return
        del self._children[name]
        os.close(child.source)
        self.costs[name].seconds += usage.ru_utime + usage.ru_stime
        if status:
            self._failed(
                name, [f"{name} could not be asked: its child ended with {os.waitstatus_to_exitcode(status)}."]
            )
        else:
            self._understand(name, child.heard)

    def _understand(self, name: str, heard: bytes) -> None:
        try:
            answer = json.loads(heard)
            self._brought.setdefault(name, []).extend(understood(answer["told"], self._metrics))
            errors = [str(error) for error in answer["errors"]]
        except (ValueError, KeyError, TypeError) as error:
            errors = [f"{name} gave an answer that cannot be read: {error!r}"]
        self._failed(name, errors)

    def _give_up(self, name: str, child: _Child, why: str) -> None:
        self._end(name, child)
        self._failed(name, [f"{name} {why}. The rest goes on."])

    def _end(self, name: str, child: _Child) -> None:
        os.kill(child.pid, signal.SIGKILL)
        if not child.is_done:
            self._selector.unregister(child.source)
        os.close(child.source)
        del self._children[name]
        usage = os.wait4(child.pid, 0)[2]
        self.costs[name].seconds += usage.ru_utime + usage.ru_stime

    def _failed(self, name: str, errors: list[str]) -> None:
        """Tell what is wrong now, once, and what is so no more."""
        self.costs[name].failures += len(errors)
        for error in self._wrong.get(name, set()).difference(errors):
            self._log.settle(error, f"{name} answers again.")
        self._wrong[name] = set(errors)
        for error in errors:
            self._log.once(error, error)


def _tell(descriptor: int, order: dict[str, object]) -> None:
    try:
        os.write(descriptor, json.dumps(order).encode())
    except BrokenPipeError:
        return  # a child that ended at once: its status will say so
