"""Follows every Node.js process to its end, and tells of starts and ends."""

from __future__ import annotations

import math
import os
import selectors
import time
from collections.abc import Iterable
from functools import partial

from advisor_agent import pidfd
from advisor_agent.events import EXITED, STARTED, Events, end_of
from advisor_agent.following import Following
from advisor_agent.identity import Host, process_resource
from advisor_agent.kernel import TICKS_PER_SECOND
from advisor_agent.lookout import Lookout
from advisor_agent.processes import NodeProcess, Stat
from advisor_agent.scene import Observer

_UNREAPED_SECONDS = 60.0
"""How long a parent has to take note of an end, so that the kernel tells the exit code."""

_NONE = -1


class _Life:
    """A process that is followed. `descriptor` is -1 where none is held, `ended_ns` is 0 while it runs."""

    __slots__ = ("descriptor", "ended_ns", "is_told", "process")

    def __init__(self, process: NodeProcess, descriptor: int) -> None:
        self.process = process
        self.descriptor = descriptor
        self.ended_ns = 0
        self.is_told = False


class Lives(Following):
    """Holds a descriptor of each process in the loop's selector: where nothing ends, this takes no time at all."""

    def __init__(
        self,
        observer: Observer,
        host: Host,
        events: Events,
        selector: selectors.BaseSelector,
        most_held: int,
    ) -> None:
        self._observer = observer
        self._host = host
        self._events = events
        self._selector = selector
        self._most_held = most_held
        self._held = 0
        self._lives: dict[tuple[int, int], _Life] = {}
        self._lookout = Lookout()
        self._since = math.nan
        """When we began to look, in seconds since boot."""

    def follow(self) -> None:
        """A scan is over: who is no longer there has ended, if nobody has said so yet."""
        there = {process.key: process for process in self._observer.processes}
        for key, life in list(self._lives.items()):
            if life.ended_ns:
                self._remind(life)
            elif key not in there:
                self._miss(life)
        self._meet(there.values())
        if math.isnan(self._since):
            self._since = self._observer.kernel.boot_age()

    def next_wake(self) -> float | None:
        """When `work` has something to do, in the time of `time.monotonic`."""
        times = (self._lookout.next_look, self._events.next_wake())
        return min((moment for moment in times if moment is not None), default=None)

    def work(self) -> None:
        """Look for successors of what ended, and queue what is to be told."""
        due = self._lookout.next_look
        if due is not None and time.monotonic() >= due:
            began = time.process_time()
            self._look_for_newcomers()
            self._lookout.looked(time.process_time() - began, time.monotonic())
        self._events.work()

    def close(self) -> None:
        """Follow nobody any more, and queue what is still to be told."""
        for life in list(self._lives.values()):
            if life.ended_ns:
                self._end(life, None)
            else:
                self._let_go(life)
        self._lookout = Lookout()
        self._events.flush()

    def _look_for_newcomers(self) -> None:
        try:
            found = self._observer.newcomers(self._lookout.parents)
        except OSError:
            return  # the next scan tells why
        self._meet(process for process in found if self._lookout.expects(process.command.script))

    def _meet(self, processes: Iterable[NodeProcess]) -> None:
        for process in processes:
            life = self._lives.get(process.key)
            if life:
                life.process = process
            else:
                self._begin(process)

    def _begin(self, process: NodeProcess) -> None:
        life = self._lives[process.key] = _Life(process, self._descriptor(process))
        if life.descriptor != _NONE:
            self._selector.register(life.descriptor, selectors.EVENT_READ, partial(self._on_end, life))
        began = process.stat.start / TICKS_PER_SECOND
        if began >= self._since:  # never so at the first scan
            age = self._observer.kernel.boot_age() - began
            self._tell(process, STARTED, time.time_ns() - round(age * 1e9), None)

    def _descriptor(self, process: NodeProcess) -> int:
        """A descriptor of this process and no later one of its pid; -1 where there can be none."""
        if self._held >= self._most_held:
            return _NONE
        try:
            descriptor = pidfd.opened(process.pid)
        except OSError:
            return _NONE
        self._held += 1
        return descriptor

    def _on_end(self, life: _Life, events: int) -> None:
        """It has ended. How, the kernel tells once the parent knows, which mostly is at once."""
        if not life.ended_ns:
            self._note(life)
        try:
            status = pidfd.wait_status(life.descriptor)
        except OSError:
            self._end(life, None)
            return
        if status is None and events & selectors.EVENT_READ:
            # From now on only a hang-up wakes us, which is when the parent has taken note; nobody ever writes.
            self._selector.modify(life.descriptor, selectors.EVENT_WRITE, partial(self._on_end, life))
        else:
            self._end(life, status)

    def _note(self, life: _Life) -> None:
        process = life.process
        life.ended_ns = time.time_ns()
        self._lookout.alert(process.parent, process.command.script, time.monotonic())

    def _remind(self, life: _Life) -> None:
        """Its parent has not taken note: tell the end as it is known, and again if more comes to be known."""
        if not life.is_told:
            life.is_told = True
            self._tell(life.process, EXITED, life.ended_ns, None)
        elif time.time_ns() - life.ended_ns > _UNREAPED_SECONDS * 1e9:
            self._let_go(life)

    def _miss(self, life: _Life) -> None:
        """It is no longer found: it ended, became another program, or may no longer be seen."""
        if not self._is_over(life.process):
            self._let_go(life)
        elif life.descriptor != _NONE:
            self._on_end(life, selectors.EVENT_READ)
        else:
            self._note(life)
            self._end(life, None)

    def _is_over(self, process: NodeProcess) -> bool:
        try:
            text = self._observer.kernel.read("proc", str(process.pid), "stat")
        except (FileNotFoundError, ProcessLookupError):
            return True
        except OSError:
            return False
        return Stat(text).start != process.stat.start or text[text.rindex(")") + 2] in "ZX"

    def _end(self, life: _Life, status: int | None) -> None:
        if status is not None or not life.is_told:
            self._tell(life.process, EXITED, life.ended_ns, status)
        self._let_go(life)

    def _tell(self, process: NodeProcess, name: str, unix_ns: int, status: int | None) -> None:
        self._events.add(process_resource(self._host, process), name, unix_ns, end_of(status))

    def _let_go(self, life: _Life) -> None:
        del self._lives[life.process.key]
        if life.descriptor != _NONE:
            self._held -= 1
            self._selector.unregister(life.descriptor)
            os.close(life.descriptor)
