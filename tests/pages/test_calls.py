from __future__ import annotations

import pytest

from advisor.features.window import PartWindow
from advisor.pages.calls import address, call_rows
from advisor.vocabulary import PartKind
from tests.pages.windows import part, process, timed, track, window


def test_calls_are_summed_over_processes_and_the_most_waited_for_stands_first() -> None:
    database = part(PartKind.DATABASE, "postgresql orders.internal 5432", count=[30], duration=[3], errors=[0])
    service = part(
        PartKind.DESTINATION, "pay.internal 443", count=[6, 6], duration=[5, 5], errors=[3, 0], active=[9, 2]
    )
    requests = track(request_time=[20.0])
    first, second = call_rows(
        window(
            process(database, service, pid=1, values=requests),
            process(database, service, pid=2, values=requests),
            process(part(PartKind.ROUTE, "GET /", count=[1]), pid=3),
        )
    )
    assert (first.address, first.kind, first.call_rate, first.errors) == ("pay.internal:443", "HTTP", 0.4, 0.1)
    assert (first.active, first.share) == (4, 0.5)
    assert (second.address, second.kind, second.call_rate, second.errors) == (
        "orders.internal:5432",
        "PostgreSQL",
        1,
        0,
    )
    assert (second.active, second.share) == (None, 0.15)


def test_percentiles_are_of_all_calls_together() -> None:
    def call(seconds: float) -> PartWindow:
        return PartWindow(PartKind.DESTINATION, "a 80", timed(track(count=[100.0], duration=[1.0]), seconds))

    (row,) = call_rows(window(process(call(0.02), pid=1), process(call(0.08), pid=2)))
    assert row.p95 is not None
    assert 0.07 < row.p95 < 0.09


def test_without_timed_requests_nobody_knows_the_share() -> None:
    (row,) = call_rows(window(process(part(PartKind.DESTINATION, "a 80", count=[1], duration=[1]))))
    assert (row.share, row.p95) == (None, None)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("orders.internal 5432", "orders.internal:5432"),
        ("::1 80", "[::1]:80"),
        ("orders.internal", "orders.internal"),
        ("5432", "5432"),
        ("other", "other"),
    ],
)
def test_an_address_is_written_as_people_write_it(name: str, words: str) -> None:
    assert address(name) == words


@pytest.mark.parametrize(
    ("name", "words"),
    [("sqlite", ("SQLite", "database")), ("redis cache 6379", ("cache:6379", "Redis")), ("db2 a 1", ("a:1", "db2"))],
)
def test_a_database_is_named_by_its_system(name: str, words: tuple[str, str]) -> None:
    (row,) = call_rows(window(process(part(PartKind.DATABASE, name, count=[1]))))
    assert (row.address, row.kind) == words
