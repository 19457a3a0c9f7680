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
        Step(f"See how many calls name {key}, and which do not: those will ask every server. Let nine of ten name it "
             "before anything moves.", PLATFORM, "psql", _NAMED.format(key=key)),
        Step(f"Cut the largest table by {key} where it is. Each piece has smaller indexes, and a piece is what moves "
             "later. The slot becomes part of the primary key. Put your table in place of orders.",
             PLATFORM, "psql", _pieces(key, servers)),
        Step("Copy the rows and change the names. Who writes waits for as long as that takes: measure it on a copy of "
             "the data first. Where it is too long, let the service write to both tables before.",
             PLATFORM, "psql", _SWAP.format(key=key)),
    )  # fmt: skip


def shards(key: str, servers: int) -> tuple[Step, ...]:
    """The pieces on servers of their own, found by the key."""
    return (
        Step("Give each server some of the slots. To move a piece, copy it by logical replication (CREATE PUBLICATION, "
             "CREATE SUBSCRIPTION), and change this table once it has caught up: all processes must read the same one.",
             "pg", "shards.mjs", _ROUTES.format(slots=SLOTS, servers=_servers(servers))),
        Step("Every statement names the slot and the key.", "pg", "orders.mjs", _USE.format(key=key)),
        Step(f"Or let Citus do both. Its documentation names these, which were not tried here: SELECT citus_add_node("
             f"'host', 5432) for each server, then SELECT create_distributed_table('orders', '{key}').", "Citus"),
    )  # fmt: skip


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
    return f"{_TABLE.format(key=key, slots=SLOTS)}{pieces}"


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
_TABLE = """CREATE FUNCTION slot_of(key text) RETURNS int LANGUAGE sql IMMUTABLE
  RETURN (('x' || left(md5(key), 8))::bit(32)::bigint % {slots})::int;
CREATE TABLE orders_apart (LIKE orders INCLUDING DEFAULTS, slot int NOT NULL) PARTITION BY RANGE (slot);
ALTER TABLE orders_apart ADD PRIMARY KEY (slot, {key}, id);
"""

_SWAP = """BEGIN;
LOCK TABLE orders IN EXCLUSIVE MODE;
INSERT INTO orders_apart SELECT *, slot_of({key}::text) FROM orders;
ALTER TABLE orders RENAME TO orders_before;
ALTER TABLE orders_apart RENAME TO orders;
COMMIT;
"""

_ROUTES = """import {{ createHash }} from "node:crypto";
import pg from "pg";

const servers = [
{servers}
];
const pools = servers.map(({{ url }}) => new pg.Pool({{ connectionString: url }}));
for (const one of pools) one.on("error", (error) => console.error(error.message)); // unheard, it ends the process

export function slot(key) {{
  return createHash("md5").update(String(key)).digest().readUInt32BE(0) % {slots}; // as slot_of of the database
}}

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

_USE = """import {{ pool, slot }} from "./shards.mjs";

export const ordersOf = async (key) =>
  (await pool(key).query("SELECT * FROM orders WHERE slot = $1 AND {key} = $2", [slot(key), key])).rows;
"""
