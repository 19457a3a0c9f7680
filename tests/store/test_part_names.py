"""Names of parts: fifty of a kind for each process or host, for all ingest processes together and over restarts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from advisor.fleet import caps
from advisor.store import samples
from advisor.store.models import PartName
from advisor.store.part_names import MOST_NAMES, Owner, PartNames, Use
from advisor.store.retention import PARTS
from advisor.vocabulary import PartKind
from tests.store.builders import WHEN

pytestmark = pytest.mark.django_db(transaction=True)

SHOP, HOST = (5, 7), (3, 0)
LATER = WHEN + timedelta(minutes=1)


def routes(names: Iterable[object], owner: Owner = SHOP, token: int = 1, kind: PartKind = PartKind.ROUTE) -> Use:
    return Use(owner, token, [(kind, f"GET /{name}") for name in names])


def refused(names: PartNames, *uses: Use, now: datetime = WHEN) -> list[str]:
    """Names that are not kept, of a transaction of its own."""
    with transaction.atomic():
        return sorted(name for _, (_, name) in names.beyond(uses, now))


def test_so_many_are_kept_whatever_comes_after() -> None:
    names = PartNames()
    assert len(refused(names, routes(range(60)))) == 60 - MOST_NAMES
    for request in range(60, 600, 60):
        assert len(refused(names, routes(range(request, request + 60)))) == 60
    assert refused(names, routes(range(MOST_NAMES))) == []
    assert PartName.objects.count() == MOST_NAMES


def test_kinds_and_owners_do_not_share() -> None:
    full = routes(range(MOST_NAMES))
    others = (routes("a", owner=(5, 8)), routes("a", kind=PartKind.DESTINATION), routes("a", HOST, kind=PartKind.DISK))
    assert refused(PartNames(), full, *others, routes("a")) == ["GET /a"]


def test_restarts_and_other_processes_know_the_names() -> None:
    assert refused(PartNames(), routes(range(30))) == []
    other = PartNames()
    assert refused(other, routes(range(10, 40)), now=LATER) == []
    assert len(refused(PartNames(), routes(range(100)), now=LATER)) == 50
    assert PartName.objects.count() == MOST_NAMES


def test_a_name_that_is_silent_gives_its_place_away() -> None:
    names, half = PartNames(), caps.SILENT / 2
    refused(names, routes(range(MOST_NAMES)))
    assert refused(names, routes(range(25)), now=WHEN + half) == []
    new = routes(range(100, 130))
    assert len(refused(names, new, now=WHEN + half)) == 30
    assert len(refused(names, new, now=WHEN + caps.SILENT * 1.01)) == 5
    assert refused(names, routes(range(25, 50)), now=WHEN + caps.SILENT * 1.02) == [f"GET /{n}" for n in range(25, 50)]


def test_known_names_ask_no_database_and_full_kinds_ask_once_a_minute() -> None:
    names = PartNames()
    refused(names, routes(range(60)))
    with CaptureQueriesContext(connection) as queries:
        assert len(refused(names, routes(range(80)), now=LATER - timedelta(seconds=1))) == 30
    assert [query["sql"] for query in queries if "partname" in query["sql"]] == []
    with CaptureQueriesContext(connection) as queries:
        refused(names, routes(range(80)), now=LATER)
    assert len([query["sql"] for query in queries if "partname" in query["sql"]]) == 1


def test_that_a_name_is_in_use_is_written_now_and_then() -> None:
    names = PartNames()
    refused(names, routes("ab"))
    refused(names, routes("a"), now=WHEN + caps.SILENT / 2)
    samples.prune(datetime.fromtimestamp(WHEN.timestamp() + PARTS.seconds + PARTS.margin, UTC) + caps.SILENT / 4)
    assert list(PartName.objects.values_list("name", flat=True)) == ["GET /a"]


def test_a_transaction_that_fails_gives_no_place_away() -> None:
    names = PartNames()
    with transaction.atomic():
        names.beyond([routes(range(MOST_NAMES))], WHEN)
        transaction.set_rollback(True)
    assert PartName.objects.count() == 0
    assert refused(names, routes(range(100, 100 + MOST_NAMES))) == []


def test_a_token_has_so_many_series_and_no_more(settings: Settings) -> None:
    settings.MOST_SERIES = 30
    names = PartNames()
    assert len(refused(names, routes(range(40)))) == 10
    assert len(refused(names, routes("a", owner=(5, 8)))) == 1
    assert refused(names, routes("a", owner=(6, 9), token=2)) == []
    assert refused(names, routes(range(30))) == []


def test_names_that_are_stored_as_one_are_one() -> None:
    long = "x" * 300
    assert refused(PartNames(), routes([long, long + "y"])) == []
    assert PartName.objects.count() == 1
