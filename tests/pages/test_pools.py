from __future__ import annotations

from advisor.features.window import PartWindow
from advisor.pages.pools import pool_rows
from advisor.vocabulary import PartKind
from tests.pages.windows import part, process, timed, track, window


def pool(name: str, wait: float = 0.0, **levels: float) -> PartWindow:
    values = track(**{column: [level] for column, level in levels.items()})
    return PartWindow(PartKind.POOL, name, timed(values, wait) if wait else values)


def test_the_pools_of_all_processes_are_one_row() -> None:
    full = {"used": 9, "unused": 1, "capacity": 10, "pending": 3}
    (row,) = pool_rows(
        window(process(pool("orders", 0.02, **full), pid=1), process(pool("orders", 0.08, **full), pid=2))
    )
    assert (row.name, row.kind, row.used, row.unused, row.capacity, row.pending) == ("orders", "", 18, 2, 20, 6)
    assert row.wait is not None
    assert 0.07 < row.wait < 0.09


def test_levels_are_those_of_the_newest_row() -> None:
    (row,) = pool_rows(window(process(part(PartKind.POOL, "orders", used=[1, 5], pending=[4, 0]))))
    assert (row.used, row.pending, row.capacity, row.wait) == (5, 0, None, None)


def test_agents_of_http_are_named_apart_and_what_is_waited_for_stands_first() -> None:
    rows = pool_rows(window(process(pool("http pay.internal:443", used=7), pool("orders", used=1, pending=1))))
    assert [(row.name, row.kind) for row in rows] == [("orders", ""), ("pay.internal:443", "HTTP agent")]
