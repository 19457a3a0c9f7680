"""The database or Valkey away: what senders are told, how soon, and that it ends by itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.outages import AWAY, valkey_hangs, valkey_is_gone
from tests.chaos.trial import SENDERS, trial

pytestmark = pytest.mark.processes


@pytest.mark.parametrize("database", AWAY)
def test_one_process_lives_through_all_of_it(short_folder: Path, database: str) -> None:
    with trial(short_folder, database) as one:
        for take_away, told in AWAY[database]:
            one.live_through(take_away(one.product), told)
        for take_away in (valkey_is_gone, valkey_hangs):
            one.live_without(take_away(one.product))
        one.finish()


def test_connections_that_are_ended_are_made_again(short_folder: Path) -> None:
    with trial(short_folder, "postgresql") as one:
        for _ in range(10):
            one.product.end_connections()
            one.load.wait(SENDERS)
        one.check_refusals("The database is away.")
        one.finish()
