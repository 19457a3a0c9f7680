"""Metrics of what runs beside Node.js on a host: datastores, and programs that its agent was asked for."""

from __future__ import annotations

from functools import partial

from advisor.vocabulary.column import Column, Entity, Kind, PartKind

_U, _C = Kind.UPDOWNCOUNTER, Kind.COUNTER
_PROGRAM = "advisor.program"

_program = partial(Column, Entity.PART, part=PartKind.PROGRAM, named_by=("process.executable.name",))

NEIGHBOURS = (
    _program("active", f"{_PROGRAM}.process.count", "{process}", _U, "Processes of the program"),
    _program("busy", f"{_PROGRAM}.cpu.time", "s", _C, "CPU time of its processes, ended ones included"),
    _program("memory", f"{_PROGRAM}.memory.usage", "By", _U, "Resident memory, what its processes share once"),
    _program("threads", f"{_PROGRAM}.thread.count", "{thread}", _U, "Threads"),
    _program("used", f"{_PROGRAM}.file_descriptor.count", "{file_descriptor}", _U, "Open descriptors"),
)
