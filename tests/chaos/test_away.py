"""The database or Valkey away: what senders are told, how soon, and that it ends by itself."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from tests.chaos.outages import AWAY, Outage, valkey_hangs, valkey_is_gone
from tests.chaos.trial import SENDERS, trial

pytestmark = pytest.mark.processes

FEW: Final = 3
"""Refusals of each sender that an outage lasts at least."""


@pytest.mark.parametrize("outage", AWAY)
def test_a_database_that_is_away_is_said_in_time_and_comes_back(short_folder: Path, outage: str) -> None:
    database, take_away, told = AWAY[outage]
    with trial(short_folder, database) as one:
        with take_away(one.product):
            one.load.wait_refused(FEW * SENDERS)
            assert one.threads_now() <= one.threads
        one.recover()
        one.check_refusals(told)


def test_connections_that_are_ended_are_made_again(short_folder: Path) -> None:
    with trial(short_folder, "postgresql") as one:
        for _ in range(10):
            one.product.end_connections()
            one.load.wait(SENDERS)
        one.recover()
        one.check_refusals("The database is away.")


@pytest.mark.parametrize("take_away", [valkey_is_gone, valkey_hangs])
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_samples_are_taken_without_valkey(short_folder: Path, database: str, take_away: Outage) -> None:
    with trial(short_folder, database) as one:
        with take_away(one.product):
            one.load.wait(20 * SENDERS)
        one.recover()
        assert {answer.status for answer in one.load.answers} <= {200, 429}  # they send more than a token may
        one.check_times()
