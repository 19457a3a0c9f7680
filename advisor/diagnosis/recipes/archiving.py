"""Old rows of a PostgreSQL moved away: written to a file and deleted, or kept in a piece for each month."""

from __future__ import annotations

from typing import Final

from advisor.diagnosis.advice import Step
from advisor.diagnosis.recipes.partitions import ALONG, HANGING, NUMBERS, PLATFORM, TRIGGERS


def archived() -> tuple[Step, ...]:
    """See what is large, and move old rows out of it: the table then takes new ones in the room that they leave."""
    return (
        Step("See where the data lie, and which tables and indexes are large.", PLATFORM, "psql", _LARGEST),
        Step("Write old rows to a file, on a machine that has room for it. Put the table, its column of time and the "
             "day in place of these, here and below, and look at the file before anything is deleted.",
             PLATFORM, "psql", _WRITTEN),
        Step("Delete them, some at a time so that nobody waits. It stops where rows of other tables would go along or "
             "lose their place (ON DELETE): write and delete those first. New rows then take the room of old ones, and "
             "the disk stops filling. It gets no room back: VACUUM FULL would give it back, but holds up all who use "
             "the table, and needs as much room again as what stays.", PLATFORM, "psql", _DELETED),
    )  # fmt: skip


def by_month() -> tuple[Step, ...]:
    """A table that only grows in pieces by time: a piece that is old is dropped whole, and the disk has its room."""
    return (
        Step("A table that only grows, such as one of orders, events or logs, is better kept in a piece for each "
             "month. Run all this as its owner. See what hangs on it. Where another table has a foreign key to it, or "
             "an INSERT names it with ON CONFLICT, go on deleting instead. Views, policies and publications stay with "
             "the old rows: have at hand what makes them anew.", PLATFORM, "psql", HANGING),
        Step("Let the rows of today be the first piece, and make that of the next month. Rows are read once and none "
             "is copied. Who reads or writes waits for some seconds at most; where it gives up waiting for a lock, run "
             "it again. Should you leave it there, ALTER TABLE orders DROP CONSTRAINT until_now makes it as before.",
             PLATFORM, "psql",
             _CUT.format(month=_MONTH, along=ALONG, numbers=NUMBERS, triggers=TRIGGERS)),
        Step("Make those of the next three months, now and in each month by cron. Where none is left for a day every "
             "INSERT of that day fails: let a run that fails alarm somebody.", PLATFORM, "psql", _NEXT),
        Step("Then take a piece that is old off, write it to a file, and drop it. Put its month in place of this one. "
             "The disk has its room at once.", PLATFORM, "shell", _DROPPED),
    )  # fmt: skip


_LARGEST = """SHOW data_directory;
SELECT relname, pg_size_pretty(pg_total_relation_size(relid)) AS with_indexes,
  pg_size_pretty(pg_indexes_size(relid)) AS indexes, n_live_tup AS rows, n_dead_tup AS dead_rows
FROM pg_stat_user_tables ORDER BY pg_total_relation_size(relid) DESC LIMIT 10;
"""

_WRITTEN = """\\copy (SELECT * FROM orders WHERE created_at < '2025-01-01') TO PROGRAM 'gzip > orders.csv.gz' CSV HEADER
"""

_DELETED = """DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_constraint
             WHERE contype = 'f' AND confrelid = 'orders'::regclass AND confdeltype NOT IN ('a', 'r')) THEN
    RAISE 'Rows of another table go along with these';
  END IF;
  LOOP
    -- The day once more: in a table of pieces a ctid names a row in each of them.
    DELETE FROM orders WHERE created_at < '2025-01-01'
      AND ctid = ANY (ARRAY(SELECT ctid FROM orders WHERE created_at < '2025-01-01' LIMIT 5000));
    EXIT WHEN NOT FOUND;
    COMMIT;
  END LOOP;
END $$;
VACUUM orders;
"""

_MONTH: Final = """SELECT date_trunc('month', now() + interval '1 month')::date AS next,
  date_trunc('month', now() + interval '2 months')::date AS later,
  to_char(now() + interval '1 month', 'YYYY_MM') AS month \\gset
"""

_CUT = """{month}SET lock_timeout = '5s';
BEGIN;
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_constraint WHERE contype = 'f' AND confrelid = 'orders'::regclass) THEN
    RAISE 'Another table has a foreign key to it';
  END IF;
END $$;
ALTER TABLE orders DROP CONSTRAINT IF EXISTS until_now;
ALTER TABLE orders ADD CONSTRAINT until_now
  CHECK (created_at IS NOT NULL AND created_at < :'next') NOT VALID;
COMMIT;
ALTER TABLE orders VALIDATE CONSTRAINT until_now;
BEGIN;
LOCK TABLE orders IN ACCESS EXCLUSIVE MODE;
CREATE TABLE orders_apart (LIKE orders INCLUDING ALL EXCLUDING INDEXES) PARTITION BY RANGE (created_at);
CREATE TABLE orders_:month (LIKE orders INCLUDING ALL EXCLUDING IDENTITY);
ALTER TABLE orders_apart DROP CONSTRAINT until_now;
ALTER TABLE orders_:month DROP CONSTRAINT until_now;
-- Its keys into other tables, and the rights on it.
{along}{numbers}SELECT format('ALTER TABLE orders ALTER %I DROP IDENTITY', attname)
FROM pg_attribute WHERE attrelid = 'orders'::regclass AND attidentity <> ''
\\gexec
-- Triggers: those of the whole run for each piece.
{triggers}SELECT format('DROP TRIGGER %I ON orders', tgname)
FROM pg_trigger WHERE tgrelid = 'orders'::regclass AND NOT tgisinternal
\\gexec
ALTER TABLE orders_apart ATTACH PARTITION orders FOR VALUES FROM (MINVALUE) TO (:'next');
ALTER TABLE orders_apart ATTACH PARTITION orders_:month FOR VALUES FROM (:'next') TO (:'later');
ALTER TABLE orders RENAME TO orders_before;
ALTER TABLE orders_apart RENAME TO orders;
COMMIT;
"""

_NEXT = """SELECT format('CREATE TABLE orders_%s (LIKE %s INCLUDING ALL EXCLUDING IDENTITY)', month, newest),
  format('ALTER TABLE orders ATTACH PARTITION orders_%s FOR VALUES FROM (%L) TO (%L)', month, begins, ends)
FROM (SELECT to_char(first, 'YYYY_MM') AS month, first::date AS begins, (first + interval '1 month')::date AS ends
      FROM generate_series(date_trunc('month', now() + interval '1 month'), now() + interval '3 months',
                           interval '1 month') first) ahead,
  (SELECT max(inhrelid::regclass::text) AS newest FROM pg_inherits
   WHERE inhparent = 'orders'::regclass AND inhrelid::regclass::text ~ '_[0-9]{4}_[0-9]{2}$') piece
WHERE to_regclass('orders_' || month) IS NULL ORDER BY begins
\\gexec
"""

_DROPPED = """set -e
psql -X -v ON_ERROR_STOP=1 -c 'ALTER TABLE orders DETACH PARTITION orders_2025_01 CONCURRENTLY'
pg_dump --table=orders_2025_01 --format=custom --file=orders_2025_01.dump
pg_restore --list orders_2025_01.dump
psql -X -v ON_ERROR_STOP=1 -c 'DROP TABLE orders_2025_01'
"""
