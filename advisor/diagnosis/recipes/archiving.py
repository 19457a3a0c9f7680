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
        Step("Delete them, some at a time so that nobody waits. New rows then take their room, and the disk stops "
             "filling. It gets no room back: VACUUM FULL would give it back, but holds up all who use the table, and "
             "needs as much room again as what stays.", PLATFORM, "psql", _DELETED),
    )  # fmt: skip


def by_month() -> tuple[Step, ...]:
    """A table that only grows in pieces by time: a piece that is old is dropped whole, and the disk has its room."""
    return (
        Step("A table that only grows, such as one of orders, events or logs, is better kept in a piece for each "
             "month. See what hangs on it. Where another table has a foreign key to it, or an INSERT names it with ON "
             "CONFLICT, go on deleting instead. Views, policies and publications stay with the old rows: have at hand "
             "what makes them anew.", PLATFORM, "psql", HANGING),
        Step("Let the rows of today be the first piece, and make that of the next month. Rows are read once and none "
             "is copied; who writes waits for a moment. Should it stop on the way, ALTER TABLE orders DROP CONSTRAINT "
             "until_now makes it as before.",
             PLATFORM, "psql",
             _CUT.format(month=_MONTH, along=ALONG, numbers=NUMBERS, triggers=TRIGGERS)),
        Step("In each month make the piece of the next one, by cron.", PLATFORM, "psql",
             _NEXT.format(month=_MONTH)),
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
  LOOP
    DELETE FROM orders WHERE ctid = ANY (ARRAY(SELECT ctid FROM orders WHERE created_at < '2025-01-01' LIMIT 5000));
    EXIT WHEN NOT FOUND;
    COMMIT;
  END LOOP;
END $$;
VACUUM orders;
"""

_MONTH: Final = """SELECT date_trunc('month', now() + interval '1 month')::date AS next,
  date_trunc('month', now() + interval '2 months')::date AS later,
  to_char(now(), 'YYYY_MM') AS this_month, to_char(now() + interval '1 month', 'YYYY_MM') AS month \\gset
"""

_CUT = """{month}BEGIN;
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_constraint WHERE contype = 'f' AND confrelid = 'orders'::regclass) THEN
    RAISE 'Another table has a foreign key to it';
  END IF;
END $$;
ALTER TABLE orders ADD CONSTRAINT until_now
  CHECK (created_at IS NOT NULL AND created_at < :'next') NOT VALID;
COMMIT;
ALTER TABLE orders VALIDATE CONSTRAINT until_now;
BEGIN;
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

_NEXT = """{month}CREATE TABLE orders_:month (LIKE orders_:this_month INCLUDING ALL EXCLUDING IDENTITY);
ALTER TABLE orders ATTACH PARTITION orders_:month FOR VALUES FROM (:'next') TO (:'later');
"""

_DROPPED = """set -e
psql -X -v ON_ERROR_STOP=1 -c 'ALTER TABLE orders DETACH PARTITION orders_2025_01 CONCURRENTLY'
pg_dump --table=orders_2025_01 --format=custom --file=orders_2025_01.dump
pg_restore --list orders_2025_01.dump
psql -X -v ON_ERROR_STOP=1 -c 'DROP TABLE orders_2025_01'
"""
