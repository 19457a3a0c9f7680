from __future__ import annotations

import os
import random

import pytest

from fakes.chaos import Chaos
from fakes.shaky import shaky_sink


@pytest.fixture
def seed():
    """Printed with a failure. `LEDGER_SEED=n` plays that run again."""
    number = int(os.environ.get("LEDGER_SEED") or random.SystemRandom().randrange(1 << 32))
    print(f"LEDGER_SEED={number}")
    return number


@pytest.fixture
def chaos(tmp_path):
    """An agent that can be started again and again against one server, and the ledger of both."""
    with shaky_sink() as sink:
        yield Chaos(sink, tmp_path, tmp_path / "state")


@pytest.fixture
def cramped(tmp_path, small_disk):
    """The same, with its state directory on a disk of one megabyte."""
    with shaky_sink() as sink:
        yield Chaos(sink, tmp_path, small_disk / "state")
