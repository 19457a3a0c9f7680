"""What is inside the processes of a service: their worker threads, and the handles that they hold open."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from advisor.features.window import ServiceWindow
from advisor.pages import measured
from advisor.pages.processes import host_names
from advisor.vocabulary import PartKind

_HANDLES = {
    "TCPSocketWrap": "TCP connections",
    "TCPServerWrap": "TCP servers",
    "TLSWrap": "TLS connections",
    "PipeWrap": "Pipes",
    "PipeServerWrap": "Pipe servers",
    "UDPWrap": "UDP sockets",
    "TTYWrap": "Terminals",
    "Timeout": "Timers",
    "Immediate": "Immediates",
    "ProcessWrap": "Child processes",
    "FSEventWrap": "Watched files",
    "StatWatcher": "Watched files, polled",
    "FSReqCallback": "File operations",
    "FSReqPromise": "File operations, as promises",
    "GetAddrInfoReqWrap": "Name look-ups",
    "TCPConnectWrap": "TCP connections being opened",
    "WriteWrap": "Writes under way",
    "MessagePort": "Message ports",
    "Worker": "Worker threads",
    "ZLIB": "Compressions",
}
"""What `process.getActiveResourcesInfo()` of Node.js calls a handle -> what people call them."""


@dataclass(frozen=True, slots=True)
class ThreadRow:
    """One worker thread; `busy` is the share of the last minute that its own event loop was busy, 0 to 1."""

    name: str
    host: str
    pid: int
    busy: float | None


@dataclass(frozen=True, slots=True)
class HandleRow:
    """How many handles of one type all processes hold; `type` is Node.js' own name."""

    words: str
    type: str
    count: float


def thread_rows(window: ServiceWindow) -> list[ThreadRow]:
    """The worker threads that run now, the busiest first."""
    hosts = host_names(window)
    rows = [
        ThreadRow(
            part.name,
            hosts.get(instance.host_id or 0, "not known"),
            instance.pid,
            measured.mean(part.track, "utilization"),
        )
        for instance in window.instances
        for part in measured.present(instance, PartKind.THREAD)
    ]
    return sorted(rows, key=lambda row: (-(row.busy or 0.0), row.host, row.pid, row.name))


def handle_rows(window: ServiceWindow) -> list[HandleRow]:
    """The types of handles that are open now, the most frequent first."""
    counts: dict[str, float] = defaultdict(float)
    for instance in window.instances:
        for part in measured.present(instance, PartKind.HANDLE):
            counts[part.name] += measured.last(part.track, "active") or 0.0
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [HandleRow(_HANDLES.get(name, name), name, count) for name, count in ranked if count]
