"""Data in pieces: partitions of one PostgreSQL first, then servers that each hold some of the slots."""

from __future__ import annotations

from typing import Final

from advisor.diagnosis.advice import Step

PLATFORM: Final = "PostgreSQL"
SLOTS: Final = 1024
"""Slots that keys fall into: enough to share out evenly over any number of servers that one would run."""

EACH: Final = 8
"""Pieces for each server: fewer cannot be shared out evenly when a server is added."""


def partitions(key: str, servers: int) -> tuple[Step, ...]:
    """One table in pieces on the server that it is on, by this column: what moves later is then already apart."""
    return (
        Step(f"See how many calls name {key}, and which do not: those will {_strays(servers)}. Let nine of ten name it "
             "before anything moves.", PLATFORM, "psql", _NAMED.format(key=key)),
        Step("Take the largest table, put its name in place of orders, and run all this as its owner. See what hangs "
             "on it: views, policies, publications and rights on single columns stay with the old table, so have at "
             "hand what makes them anew. A key of another table that names only id can no longer be checked.",
             PLATFORM, "psql", HANGING),
        Step(f"Give it a column for the slot of its key, which may be empty still; and those other tables slot and "
             f"{key}.", PLATFORM, "psql", _COLUMN.format(key=key, slots=SLOTS)),
        Step(f"Release code that names these columns in each INSERT, with slot({key}). It runs as well before the "
             "table is cut as after; an INSERT without the slot fails from then on.",
             "pg", "slot.mjs", _SLOT.format(slots=SLOTS)),
        Step(f"Make the pieces, by {key}. Each has smaller indexes, and a piece is what moves later. The slot becomes "
             "part of the primary key and of each unique index, which holds for all rows where it names "
             f"{key}; ON CONFLICT has to name the same columns. \\gexec runs what the line before it has written: put "
             "; in its place to read that first.", PLATFORM, "psql", _pieces(key, servers)),
        Step("See that all processes run the new code: ask twice, a minute apart. As long as the number rises, one "
             "still writes without a slot.", PLATFORM, "psql", _UNNAMED),
        Step("Copy the rows and change the names. Numbers go on where they are. Who writes waits for as long as that "
             "takes: measure it on a copy of the data first. Where it is too long, let the service write to both "
             "tables before.", PLATFORM, "psql", _SWAP.format(key=key, numbers=NUMBERS, triggers=TRIGGERS)),
        Step("Let the keys of other tables be checked again, with their ON DELETE, here that of items by its column "
             "order_id. Then name slot and the key in what reads, too, and drop orders_before once nobody misses it.",
             PLATFORM, "psql", _REFERENCE.format(key=key)),
    )  # fmt: skip


def shards(key: str, servers: int) -> tuple[Step, ...]:
    """The pieces on servers of their own, found by the key."""
    return (
        Step("Give each server some of the slots. To move a piece, copy it by logical replication (CREATE PUBLICATION, "
             "CREATE SUBSCRIPTION), and change this table once it has caught up: all processes must read the same one.",
             "pg", "shards.mjs", _ROUTES.format(servers=_servers(servers))),
        Step("Every statement names the slot and the key.", "pg", "orders.mjs", _USE.format(key=key)),
        Step(f"Or let Citus do both. Its documentation names these, which were not tried here: SELECT citus_add_node("
             f"'host', 5432) for each server, then SELECT create_distributed_table('orders', '{key}').", "Citus"),
    )  # fmt: skip


def _strays(servers: int) -> str:
    return "ask every server" if servers > 1 else "look into every piece"


def pieces_for(servers: int) -> int:
    """Pieces that a table is cut into: a power of two, so that all have as many slots."""
    return min(SLOTS, 1 << (EACH * servers - 1).bit_length())


def _pieces(key: str, servers: int) -> str:
    count = pieces_for(servers)
    width = SLOTS // count
    pieces = "".join(
        f"CREATE TABLE orders_{n} PARTITION OF orders_apart FOR VALUES FROM ({n * width}) TO ({(n + 1) * width});\n"
        for n in range(count)
    )
    return _TABLE.format(key=key, pieces=pieces, along=ALONG)


def _servers(count: int) -> str:
    pieces = pieces_for(count)
    width = SLOTS // pieces
    ends = [width * round(pieces * (n + 1) / count) for n in range(count)]
    return "\n".join(f"  {{ below: {end}, url: process.env.SHARD_{n}_URL }}," for n, end in enumerate(ends))


_NAMED = """SELECT
  round(100 * coalesce(sum(calls) FILTER (WHERE query ~* '\\m{key}\\M'), 0) / sum(calls)) AS percent_of_calls
FROM pg_stat_statements WHERE query ~* '^\\s*(select|insert|update|delete|with)';
SELECT calls, left(query, 200) AS statement
FROM pg_stat_statements WHERE query ~* '^\\s*(select|insert|update|delete|with)' AND query !~* '\\m{key}\\M'
ORDER BY calls DESC LIMIT 10;
"""

# The slot is a column: PostgreSQL's own hash of a key is one that a service cannot compute.
_COLUMN = """CREATE FUNCTION slot_of(key text) RETURNS int LANGUAGE sql IMMUTABLE
  RETURN (('x' || left(md5(key), 8))::bit(32)::bigint % {slots})::int;
ALTER TABLE orders ADD COLUMN slot int;
-- For each other table, with the type that {key} has: ALTER TABLE items ADD COLUMN slot int, ADD COLUMN {key} bigint;
"""

_SLOT = """import {{ createHash }} from "node:crypto";

// As slot_of of the database.
export const slot = (key) => createHash("md5").update(String(key)).digest().readUInt32BE(0) % {slots};
"""

HANGING: Final = """SELECT 'foreign key' AS what, conrelid::regclass::text AS place, pg_get_constraintdef(oid) AS told
FROM pg_constraint WHERE contype = 'f' AND conparentid = 0 AND confrelid = 'orders'::regclass
UNION ALL
SELECT DISTINCT 'view', ev_class::regclass::text, pg_get_viewdef(ev_class)
FROM pg_rewrite JOIN pg_depend ON classid = 'pg_rewrite'::regclass AND objid = pg_rewrite.oid
WHERE refobjid = 'orders'::regclass AND ev_class <> refobjid
UNION ALL
SELECT 'policy', polname, pg_get_expr(polqual, polrelid) FROM pg_policy WHERE polrelid = 'orders'::regclass
UNION ALL
SELECT 'publication', pubname, NULL FROM pg_publication_tables
WHERE format('%I.%I', schemaname, tablename)::regclass = 'orders'::regclass
UNION ALL
SELECT 'right on a column', attname, attacl::text
FROM pg_attribute WHERE attrelid = 'orders'::regclass AND attacl IS NOT NULL
UNION ALL
SELECT 'trigger, moved below', tgname, pg_get_triggerdef(oid)
FROM pg_trigger WHERE tgrelid = 'orders'::regclass AND NOT tgisinternal;
"""

ALONG: Final = """SELECT format('ALTER TABLE orders_apart ADD %s', pg_get_constraintdef(oid))
FROM pg_constraint WHERE contype = 'f' AND conparentid = 0 AND conrelid = 'orders'::regclass AND confrelid <> conrelid
\\gexec
SELECT format('GRANT %s ON orders_apart TO %s%s', privilege_type,
  CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END,
  CASE WHEN is_grantable THEN ' WITH GRANT OPTION' END)
FROM pg_class, aclexplode(relacl) WHERE oid = 'orders'::regclass AND grantee <> relowner
\\gexec
"""
"""Gives the new table the keys into other tables that the old one has, and the rights on it."""

_TABLE = """BEGIN;
CREATE TABLE orders_apart (LIKE orders INCLUDING ALL EXCLUDING INDEXES) PARTITION BY RANGE (slot);
ALTER TABLE orders_apart ADD PRIMARY KEY (slot, {key}, id);
{pieces}
-- Its other indexes, its keys into other tables, and the rights on it.
SELECT format('CREATE %sINDEX ON orders_apart %s', CASE WHEN indisunique THEN 'UNIQUE ' END,
  regexp_replace(substring(pg_get_indexdef(indexrelid) FROM 'USING .*'),
    '\\(', CASE WHEN indisunique THEN '(slot, ' ELSE '(' END))
FROM pg_index WHERE indrelid = 'orders'::regclass AND indisvalid AND NOT indisprimary AND NOT indisexclusion
\\gexec
{along}COMMIT;
"""

_UNNAMED = """SELECT max(id) AS last_without_slot FROM orders WHERE slot IS NULL;
"""

NUMBERS: Final = """-- Sequences: that of a serial column goes along, that of an identity column hands its number over.
SELECT CASE attidentity
  WHEN '' THEN format('ALTER SEQUENCE %s OWNED BY orders_apart.%I', pg_get_serial_sequence('orders', attname), attname)
  ELSE format('SELECT setval(%L, nextval(%L), false)',
    pg_get_serial_sequence('orders_apart', attname), pg_get_serial_sequence('orders', attname)) END
FROM pg_attribute WHERE attrelid = 'orders'::regclass AND attnum > 0
  AND NOT attisdropped AND pg_get_serial_sequence('orders', attname) IS NOT NULL
\\gexec
"""
"""Lets the new table go on with the numbers of the old one."""

TRIGGERS: Final = """SELECT regexp_replace(pg_get_triggerdef(oid), ' ON \\S+ ', ' ON orders_apart ')
FROM pg_trigger WHERE tgrelid = 'orders'::regclass AND NOT tgisinternal
\\gexec
"""
"""Gives the new table the triggers of the old one."""

_SWAP = """BEGIN;
LOCK TABLE orders IN EXCLUSIVE MODE;
SELECT format('INSERT INTO orders_apart (%1$s, slot) OVERRIDING SYSTEM VALUE
  SELECT %1$s, slot_of({key}::text) FROM orders', string_agg(quote_ident(attname), ', '))
FROM pg_attribute WHERE attrelid = 'orders'::regclass AND attnum > 0
  AND NOT attisdropped AND attgenerated = '' AND attname <> 'slot'
\\gexec
{numbers}-- Triggers only now: they must not run for what is copied.
{triggers}-- Keys of other tables would go on looking into the old one.
SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname)
FROM pg_constraint WHERE contype = 'f' AND conparentid = 0 AND confrelid = 'orders'::regclass
\\gexec
ALTER TABLE orders RENAME TO orders_before;
ALTER TABLE orders_apart RENAME TO orders;
COMMIT;
"""

_REFERENCE = """UPDATE items SET slot = orders.slot, {key} = orders.{key}
FROM orders WHERE orders.id = items.order_id AND items.slot IS NULL;
ALTER TABLE items ADD FOREIGN KEY (slot, {key}, order_id) REFERENCES orders (slot, {key}, id);
"""

_ROUTES = """import pg from "pg";
import {{ slot }} from "./slot.mjs";

const servers = [
{servers}
];
const pools = servers.map(({{ url }}) => new pg.Pool({{ connectionString: url }}));
for (const one of pools) one.on("error", (error) => console.error(error.message)); // unheard, it ends the process

export function pool(key) {{
  const mine = slot(key);
  return pools[servers.findIndex(({{ below }}) => mine < below)];
}}

// For what names no key: each server is asked, and the slowest decides.
export async function everywhere(text, values) {{
  const answers = await Promise.all(pools.map((one) => one.query(text, values)));
  return answers.flatMap((answer) => answer.rows);
}}

export const close = () => Promise.all(pools.map((one) => one.end()));
"""

_USE = """import {{ pool }} from "./shards.mjs";
import {{ slot }} from "./slot.mjs";

export const ordersOf = async (key) =>
  (await pool(key).query("SELECT * FROM orders WHERE slot = $1 AND {key} = $2", [slot(key), key])).rows;
"""
