"""What was acknowledged beside what is stored: the judge of the crashes (reliability goals, 3.1).

`python -m tests.chaos.ledger` reads senders as JSON, looks into the database that its environment names, and prints
what it found: the tests themselves have another database.
"""

from __future__ import annotations

import json
import math
import sys
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import django
from django.db import connection

from advisor.features.histogram import Histogram
from tests.chaos.load import STEP, Sender, figures

Key = tuple[int, int]
"""Number of a sender and of its batch."""


@dataclass
class Findings:
    """What is wrong; all are empty where every promise was kept.

    Attributes:
        lost: acknowledged and not stored whole.
        phantom: stored and never sent, or with figures that nobody sent.
        doubled: counted more often than it was sent, or less.
        rollups: minutes and hours that differ from what their samples add up to, in words.
    """

    lost: set[Key] = field(default_factory=set)
    phantom: set[Key] = field(default_factory=set)
    doubled: set[Key] = field(default_factory=set)
    rollups: list[str] = field(default_factory=list)


def judge(senders: Iterable[Sender]) -> Findings:
    """Compare the whole database with what the senders sent; all minutes and hours must have been rolled up."""
    findings = Findings()
    for sender in senders:
        rows = _rows(sender)
        for batch in range(sender.acknowledged):
            if batch not in rows:
                findings.lost.add((sender.number, batch))
        for batch, row in rows.items():
            _judge_row(findings, sender, batch, row)
        findings.rollups += _judge_rollups(sender, rows, "minute", 60)
        findings.rollups += _judge_rollups(sender, rows, "hour", 3600)
    return findings


def _judge_row(findings: Findings, sender: Sender, batch: int, row: dict[str, Any]) -> None:
    key, said = (sender.number, batch), figures(sender.number, batch)
    if not 0 <= batch < sender.offered or row["threads"] not in (said.threads, None):
        findings.phantom.add(key)
        return
    gained = None if batch == 0 else said.faults  # the first total only sets the mark
    expected = {
        "threads": said.threads,
        "cpu_user": said.cpu_user,
        "faults_minor": gained,
        "requests": float(said.requests),
    }
    for column, value in expected.items():
        if row[column] is None and value is not None:
            findings.lost.add(key)
        elif row[column] != value:
            findings.doubled.add(key)


def _judge_rollups(sender: Sender, rows: dict[int, dict[str, Any]], column: str, seconds: int) -> list[str]:
    sums: dict[int, dict[str, float]] = defaultdict(lambda: dict.fromkeys((*_ADDED, "n", "durations"), 0.0))
    for row in rows.values():
        told = sums[row["at"] // (seconds * 1_000_000)]
        for name in _ADDED:
            told[name] += row[name] or 0.0
        told["n"] += 1
        told["durations"] += row["requests"] or 0.0
    rolled = {row[column]: row for row in _select(f"SELECT m.* FROM store_process{column} m {_OF}", sender)}
    wrong = [f"sender {sender.number}: {column} {one} is not rolled up" for one in sums.keys() - rolled.keys()]
    for number, row in rolled.items():
        row["durations"] = Histogram.decode(bytes(row["latency"])).count if row["latency"] else 0
        for name, expected in sums[number].items():
            if not math.isclose(row[name] or 0.0, expected, rel_tol=1e-5, abs_tol=1e-5):
                wrong.append(f"sender {sender.number}: {name} of {column} {number} is {row[name]}, not {expected}")
    return wrong


_ADDED = ("cpu_user", "faults_minor", "requests")
"""What a rollup adds up."""

_OF = "JOIN fleet_instance i ON i.id = m.instance_id JOIN fleet_service s ON s.id = i.service_id WHERE s.name = %s"


def _rows(sender: Sender) -> dict[int, dict[str, Any]]:
    found = _select(f"SELECT m.* FROM store_processsample m {_OF}", sender)
    return {round((row["time"] / 1e6 - sender.base) / STEP): row for row in found}


def _select(sql: str, sender: Sender) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [f"s{sender.number}"])
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def main() -> int:
    """Judge the senders of the standard input."""
    django.setup()
    from advisor.store import samples

    senders = [Sender(port=0, token="", **one) for one in json.load(sys.stdin)]
    samples.roll_up(datetime.now(UTC) + timedelta(hours=2))  # when the present hour is over too
    found = judge(senders)
    told = {"lost": sorted(found.lost), "phantom": sorted(found.phantom), "doubled": sorted(found.doubled)}
    json.dump({**told, "rollups": found.rollups}, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
