from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import date, datetime, timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from advisor.fleet.models import Token
from advisor.ingest.answers import Code, Refusal, too_large, unavailable
from advisor.ingest.batch import Batch
from advisor.ingest.credentials import Credentials
from advisor.ingest.door import Door
from advisor.ingest.refusals import REASONS, Refusals
from advisor.ingest.writer import Writer
from advisor.store import samples
from tests.ingest.client import call, pages

UNKNOWN = Refusal(401, Code.UNAUTHENTICATED, "no")


class Account:
    """Takes counts, unless it is away."""

    def __init__(self) -> None:
        self.error: Exception | None = None
        self.asked = threading.Semaphore(0)
        self.told: list[dict[tuple[int, str], int]] = []

    def note(self, counts: Mapping[tuple[int, str], int], now: datetime) -> None:
        try:
            if self.error:
                raise self.error
            self.told.append(dict(counts))
        finally:
            self.asked.release()


def counted(refusals: Refusals, account: Account) -> list[dict[tuple[int, str], int]]:
    refusals.start()
    refusals.stop()
    return account.told


@pytest.mark.django_db(transaction=True)
def test_refusals_are_added_to_what_was_left_out() -> None:
    refusals = Refusals(seconds=60.0)
    for _ in range(3):
        refusals.count(7, too_large("no"))
    refusals.count(samples.NOBODY, UNKNOWN)
    refusals.start()
    refusals.stop()
    found = samples.left_out(date.min)
    assert {(loss.token_id, loss.reason): loss.count for loss in found} == {
        (7, REASONS[413]): 3,
        (samples.NOBODY, REASONS[401]): 1,
    }
    assert all(abs(loss.last_at - timezone.now()) < timedelta(minutes=5) for loss in found)


@pytest.mark.django_db(transaction=True)
def test_they_are_written_again_and_again_while_a_server_runs() -> None:
    account = Account()
    refusals = Refusals(account.note, seconds=0.01)
    refusals.start()
    for _ in range(2):
        refusals.count(7, unavailable("no"))
        assert account.asked.acquire(timeout=30)
    refusals.stop()
    assert account.told == [{(7, REASONS[503]): 1}] * 2


@pytest.mark.django_db(transaction=True)
def test_what_cannot_be_written_is_written_later() -> None:
    account = Account()
    account.error = OperationalError("away")
    refusals = Refusals(account.note, seconds=0.01)
    refusals.count(7, unavailable("no"))
    refusals.start()
    assert account.asked.acquire(timeout=30)
    account.error = None
    assert account.asked.acquire(timeout=30)
    refusals.stop()
    assert account.told == [{(7, REASONS[503]): 1}]


def test_where_nothing_is_refused_the_database_is_not_asked() -> None:
    account = Account()
    assert counted(Refusals(account.note, seconds=60.0), account) == []


def test_a_reason_fits_its_column() -> None:
    assert max(map(len, REASONS.values())) <= 255


@pytest.mark.django_db(transaction=True)
async def test_whatever_the_door_refuses_is_counted_under_its_token() -> None:
    def commit(batches: list[Batch]) -> list[Refusal]:
        return [unavailable("no") for _ in batches]

    account = Account()
    refusals = Refusals(account.note, seconds=60.0)
    good = Credentials({"good": Token(pk=7, kind=Token.Kind.API)}.get, is_formed=bool)
    door = Door(pages, Writer(commit), good, requests_per_second=0.5, refusals=refusals)  # type: ignore[arg-type]
    statuses = [
        (await call(door, token="wrong")).status,
        (await call(door, token=None)).status,
        (await call(door, method="GET")).status,
        (await call(door, bytes(2 << 20))).status,
    ]
    busy = Door(pages, Writer(commit), good, refusals=refusals)  # type: ignore[arg-type]
    statuses += [(await call(door)).status, (await call(busy)).status]
    assert statuses == [401, 401, 405, 413, 429, 503]
    assert counted(refusals, account) == [
        {
            (samples.NOBODY, REASONS[401]): 2,
            (samples.NOBODY, REASONS[405]): 1,
            (7, REASONS[413]): 1,
            (7, REASONS[429]): 1,
            (7, REASONS[503]): 1,
        }
    ]
