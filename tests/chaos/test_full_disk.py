"""A disk with nothing left: senders read that it is full, and it ends by itself when there is room again."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tests.chaos.outages import disk_is_full, files_cannot_grow, small_disk
from tests.chaos.trial import trial

pytestmark = pytest.mark.processes

RECOVERED = 10.0
"""Seconds after there is room again (P37)."""

FULL = "The disk of the database is full."


def test_sqlite_on_a_disk_that_fails_and_is_full(short_folder: Path) -> None:
    with small_disk(short_folder, "32m") as is_small, trial(short_folder, "sqlite") as one:
        one.live_through(files_cannot_grow(one.ingest.pid), "The database cannot use its disk.", RECOVERED)
        if is_small:
            one.live_through(disk_is_full(short_folder), FULL, RECOVERED)
        one.finish()
        (verdict,) = sqlite3.connect(short_folder / "advisor.sqlite3").execute("PRAGMA integrity_check").fetchone()
        assert verdict == "ok"


def test_postgresql_on_a_full_disk(short_folder: Path) -> None:
    (rows := short_folder / "rows").mkdir()
    with small_disk(rows, "64m") as is_small:
        if not is_small:
            pytest.skip("Only who may mount a small disk can fill PostgreSQL's.")
        with trial(short_folder, "postgresql", rows) as one:
            one.live_through(disk_is_full(rows), FULL, RECOVERED)
            one.finish()
