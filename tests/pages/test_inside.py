from __future__ import annotations

import pytest

from advisor.features.window import PartWindow
from advisor.pages.inside import handle_rows, thread_rows
from advisor.vocabulary import PartKind
from tests.pages.windows import part, process, window


def test_the_busiest_thread_stands_first_with_its_process() -> None:
    threads = (
        part(PartKind.THREAD, "worker 1", utilization=[0.1, 0.3]),
        part(PartKind.THREAD, "worker 2", utilization=[0.9, 0.9]),
    )
    first, second = thread_rows(window(process(*threads, pid=7)))
    assert (first.name, first.host, first.pid, first.busy) == ("worker 2", "web-01", 7, 0.9)
    assert second.busy == pytest.approx(0.2)


def test_handles_are_summed_by_type_in_words() -> None:
    def handles(sockets: float) -> tuple[PartWindow, ...]:
        return tuple(
            part(PartKind.HANDLE, name, active=[count])
            for name, count in (("TCPSocketWrap", sockets), ("Timeout", 2), ("NewWrap", 1), ("Immediate", 0))
        )

    rows = handle_rows(window(process(*handles(4), pid=1), process(*handles(5), pid=2)))
    assert [(row.words, row.type, row.count) for row in rows] == [
        ("TCP connections", "TCPSocketWrap", 9),
        ("Timers", "Timeout", 4),
        ("NewWrap", "NewWrap", 2),
    ]
