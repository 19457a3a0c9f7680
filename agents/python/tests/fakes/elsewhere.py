"""psutil as it would answer on macOS or Windows.

The figures are made up and lie in `tests/readings`. Which calls there are, and what fields an answer has, is taken from
psutil's own source of that system, which every wheel carries.
"""

from __future__ import annotations

import ast
import json
import ntpath
import posixpath
import sys
import types
from pathlib import Path
from unittest.mock import patch

import psutil

READINGS = Path(__file__).parents[1] / "readings"
SOURCE = Path(psutil.__file__).parent
SYSTEMS = ("macos", "windows")

_PATHS = {"macos": posixpath, "windows": ntpath}
_FILES = {"macos": "_psosx.py", "windows": "_pswindows.py"}
_CONNECTIONS = {name: getattr(psutil, name) for name in dir(psutil) if name.startswith("CONN_")}


class Elsewhere(types.SimpleNamespace):
    """Stands for the module. `paths` are those of its system; `errors` maps a call to what it raises from now on."""

    def __init__(self, system: str) -> None:
        super().__init__(**_CONNECTIONS, AccessDenied=psutil.AccessDenied, NoSuchProcess=psutil.NoSuchProcess)
        self.MACOS, self.WINDOWS = system == "macos", system == "windows"
        self.paths = _PATHS[system]
        self.readings = json.loads((READINGS / f"{system}.json").read_text())
        self.errors: dict[str, Exception] = {}
        self.tuples = _tuples(system)
        self.calls, self.methods = _offered(system)

    def later(self) -> None:
        """Ten seconds pass."""
        for path, value in self.readings["after 10 seconds"].items():
            *way, last = path.split(".")
            place = self.readings
            for step in way:
                place = place[int(step)] if isinstance(place, list) else place[step]
            assert last in place
            place[last] = value

    def process(self, pid: int) -> dict:
        """The readings of a process, to change them."""
        return next(one for one in self.readings["processes"] if one["pid"] == pid)

    def pids(self) -> list[int]:
        return [one["pid"] for one in self._told("pids", self.readings["processes"])]

    def boot_time(self) -> float:
        return self._told("boot_time", self.readings["boot_time"])

    def cpu_times(self, percpu: bool) -> list:
        assert percpu
        return [self.tuples.scputimes(**one) for one in self._told("per_cpu_times", self.readings["per_cpu_times"])]

    def virtual_memory(self):
        return self.tuples.svmem(**self._told("virtual_memory", self.readings["virtual_memory"]))

    def swap_memory(self):
        return self.tuples.sswap(**self._told("swap_memory", self.readings["swap_memory"]))

    def disk_io_counters(self, perdisk: bool, nowrap: bool) -> dict:
        rows = self._told("disk_io_counters", self.readings["disk_io_counters"])
        return {name: self.tuples.sdiskio(**row) for name, row in rows.items()}

    def disk_partitions(self, all: bool) -> list:
        return [self.tuples.sdiskpart(**row) for row in self._told("disk_partitions", self.readings["disk_partitions"])]

    def disk_usage(self, path: str):
        return self.tuples.sdiskusage(**self._told("disk_usage", self.readings["disk_usage"])[path])

    def net_io_counters(self, pernic: bool, nowrap: bool) -> dict:
        rows = self._told("net_io_counters", self.readings["net_io_counters"])
        return {name: self.tuples.snetio(**row) for name, row in rows.items()}

    def getloadavg(self) -> tuple:
        error = self.errors.get("getloadavg")  # psutil takes it from Python where that has it
        if error:
            raise error
        return tuple(self.readings["getloadavg"])

    def net_connections(self, kind: str) -> list:
        assert kind == "tcp"
        rows = self._told("net_connections", self.readings["net_connections"])
        return [self._connection(self.tuples.sconn, row) for row in rows]

    def Process(self, pid: int | None = None) -> Handle:
        """Without a pid the agent itself, for which the last process stands."""
        known = self.pids()
        if pid is not None and pid not in known:
            raise psutil.NoSuchProcess(pid)
        return Handle(self, known[-1] if pid is None else pid)

    def _told(self, call: str, answer):
        assert call in self.calls, f"{call} is not in psutil for this system"
        if call in self.errors:
            raise self.errors[call]
        return answer

    def _connection(self, kind, row: dict):
        ends = {end: self.tuples.addr(*row[end]) if row[end] else () for end in ("laddr", "raddr")}
        return kind(**{name: ends.get(name, row[name]) for name in kind._fields})


class Handle:
    """Stands for `psutil.Process`, with the methods that the system has."""

    def __init__(self, machine: Elsewhere, pid: int) -> None:
        self.machine = machine
        self.pid = pid
        self._created = machine.process(pid)["create_time"]

    def is_running(self) -> bool:
        alive = [one for one in self.machine.readings["processes"] if one["pid"] == self.pid]
        return bool(alive) and alive[0]["create_time"] == self._created

    def net_connections(self, kind: str) -> list:
        self._check("Process.net_connections")
        machine = self.machine
        rows = [row for row in machine.readings["net_connections"] if row["pid"] == self.pid]
        return [machine._connection(machine.tuples.pconn, row) for row in rows]

    def cpu_times(self):
        return self.machine.tuples.pcputimes(**self._answer("cpu_times"))

    def memory_info(self):
        return self.machine.tuples.pmem(**self._answer("memory_info"))

    def __getattr__(self, name: str):
        if name not in self.machine.methods:
            raise AttributeError(f"psutil's Process has no {name} on this system")

        def call():
            return self._answer(name)

        call.__name__ = name
        return call

    def _answer(self, name: str):
        self._check(name)
        return self.machine.process(self.pid)[name]

    def _check(self, name: str) -> None:
        if self.pid not in self.machine.pids():
            raise psutil.NoSuchProcess(self.pid)
        if name in self.machine.errors:
            raise self.machine.errors[name]
        if name in self.machine.process(self.pid).get("denied", ()):
            raise psutil.AccessDenied(self.pid)
        if name in self.machine.process(self.pid).get("failing", ()):
            raise self.machine.process(self.pid)["failing"][name]


def _tuples(system: str) -> types.SimpleNamespace:
    """psutil's named tuples of a system."""
    known = ("AIX", "BSD", "FREEBSD", "LINUX", "MACOS", "SUNOS", "WINDOWS")
    common = types.SimpleNamespace(**{name: name.lower() == system for name in known})
    names = {"__package__": "psutil_elsewhere", "__name__": "psutil_elsewhere._ntuples"}
    with patch.dict(sys.modules, {"psutil_elsewhere": types.ModuleType("x"), "psutil_elsewhere._common": common}):
        exec((SOURCE / "_ntuples.py").read_text(), names)
    return types.SimpleNamespace(**names)


def _offered(system: str) -> tuple[set[str], set[str]]:
    """What the module and its `Process` can be asked on a system."""
    tree = ast.parse((SOURCE / _FILES[system]).read_text())
    (process,) = (node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Process")
    return _names(tree.body), _names(process.body)


def _names(body: list[ast.stmt]) -> set[str]:
    functions = {node.name for node in body if isinstance(node, ast.FunctionDef)}
    assigned = {
        target.id
        for node in body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    return functions | assigned
