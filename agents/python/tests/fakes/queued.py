"""Batches with a number, to queue and to find again."""

from __future__ import annotations

from advisor_agent.batch import Batch


def batch(number, size=10):
    return Batch(f"id-{number}", "application/json", "gzip" if number % 2 else "", b"x" * size)


def drained(spool):
    found = []
    while waiting := spool.first():
        found.append(waiting[1].id)
        spool.remove(waiting[0])
    return found
