"""Where a PostgreSQL spends its time, asked with psql: plans, scans, open transactions, locks, indexes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from advisor.diagnosis.advice import Step
from advisor.diagnosis.words import duration, percent
from advisor.features.statements import Statement

PLATFORM: Final = "PostgreSQL"


def plans(found: Sequence[Statement]) -> tuple[Step, ...]:
    """How the server carries out each of these statements; one whose text is cut must be looked up first."""
    if found:
        return tuple(_plan(one) for one in found)
    return (
        Step("Which statements are slow is not told: load pg_stat_statements, and give the agent a DSN.", PLATFORM),
    )


def reading() -> tuple[Step, ...]:
    """Which tables are read from end to end."""
    return (
        Step("Large tables that are scanned often lack an index. Add one on the columns that the slow statements "
             "filter by, with CREATE INDEX CONCURRENTLY: it does not block who writes.", PLATFORM, "psql", _SCANS),
    )  # fmt: skip


def holding() -> tuple[Step, ...]:
    """Who keeps a transaction open and does nothing in it."""
    return (
        Step("Sessions that idle in a transaction hold their connection and their locks. Take calls to other services "
             "out of transactions, and release the client in a finally block.", PLATFORM, "psql", _OPEN),
    )  # fmt: skip


def writing() -> tuple[Step, ...]:
    """Who waits for whose lock, and which indexes are kept up for nobody."""
    return (
        Step("Who waits for whose lock: make the transactions of those in waits_for shorter, and write many rows with "
             "one statement.", PLATFORM, "psql", _LOCKS),
        Step("Each index is written with its table. Drop one only if neither the primary nor any replica used it for a "
             "month: each counts for itself, from counted_since on (empty: since it was made).",
             PLATFORM, "psql", _UNUSED),
    )  # fmt: skip


def _plan(one: Statement) -> Step:
    told = f"{percent(one.share)} of the time of its statements, {duration(one.mean)} each"
    if not one.is_whole:
        return Step(f"{told}: {one.text} (its text is cut or has values left out). Look it up in pg_stat_statements, "
                    "then ask for its plan with EXPLAIN.", PLATFORM)  # fmt: skip
    values = f" ({', '.join(['NULL'] * one.places)})" if one.places else ""
    code = _PLAN.format(statement=one.text, values=values)
    return Step(f"{told}. Its plan; the statement is not run.", PLATFORM, "psql", code)


_PLAN = """BEGIN;
SET LOCAL plan_cache_mode = force_generic_plan;
PREPARE slow AS {statement};
EXPLAIN EXECUTE slow{values};
DEALLOCATE slow;
ROLLBACK;
"""

_SCANS = """SELECT relname, seq_scan, seq_tup_read / seq_scan AS rows_of_a_scan, idx_scan, n_live_tup
FROM pg_stat_user_tables WHERE seq_scan > 0
ORDER BY seq_tup_read DESC LIMIT 10;
"""

_OPEN = """SELECT pid, application_name, clock_timestamp() - xact_start AS open_for, left(query, 200) AS last_statement
FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'
ORDER BY xact_start;
"""

_LOCKS = """SELECT pid, pg_blocking_pids(pid) AS waits_for, left(query, 200) AS statement
FROM pg_stat_activity WHERE cardinality(pg_blocking_pids(pid)) > 0;
"""

_UNUSED = """SELECT i.relname, i.indexrelname, pg_size_pretty(pg_relation_size(i.indexrelid)) AS size,
  d.stats_reset AS counted_since
FROM pg_stat_user_indexes i JOIN pg_index USING (indexrelid)
  JOIN pg_stat_database d ON d.datname = current_database()
WHERE i.idx_scan = 0 AND NOT indisunique
ORDER BY pg_relation_size(i.indexrelid) DESC LIMIT 10;
"""
