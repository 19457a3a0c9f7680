"""Data in pieces: partitions of one PostgreSQL first, then servers that each hold some of the keys."""

from __future__ import annotations

from advisor.diagnosis.advice import Step

PLATFORM = "PostgreSQL"


def partitions(count: int) -> tuple[Step, ...]:
    """One table in pieces on the same server: what must be moved later is already apart."""
    return (
        Step("Cut the largest table by its key on the server that it is on: each piece has smaller indexes, and is "
             "what moves to another server later. The key is part of the primary key, and of all statements. Put "
             "your table and your key in place of orders and tenant_id.", PLATFORM, "psql", _pieces(count)),
        Step("See whether the key carries: statements without it go to every piece. Let nine of ten name it before "
             "anything moves.", PLATFORM, "psql", _WITHOUT),
    )  # fmt: skip


def _pieces(count: int) -> str:
    pieces = "".join(
        f"CREATE TABLE orders_{number} PARTITION OF orders_apart\n"
        f"  FOR VALUES WITH (MODULUS {count}, REMAINDER {number});\n"
        for number in range(count)
    )
    return f"{_TABLE}{pieces}"


def shards(count: int) -> tuple[Step, ...]:
    """The pieces on servers of their own, found by the key."""
    addresses = ", ".join(f"process.env.SHARD_{number}_URL" for number in range(count))
    return (
        Step("Give each server some of the slots, and find it by the key. Slots are many so that they can move one by "
             "one; the table of slots belongs into the configuration that all processes share.", "pg", "shards.mjs",
             _ROUTES.format(addresses=addresses)),
        Step("Or let Citus do both, in PostgreSQL itself: SELECT create_distributed_table('orders', 'tenant_id'); with "
             "SELECT citus_add_node(...) for each server.", "Citus"),
        Step("By region the key is the region: people are near their data, and what leaves a region is known."),
    )  # fmt: skip


_TABLE = """CREATE TABLE orders_apart (
  tenant_id bigint NOT NULL,
  id bigint NOT NULL,
  placed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id)
) PARTITION BY HASH (tenant_id);
"""

_WITHOUT = """SELECT queryid, calls, left(query, 200) AS statement
FROM pg_stat_statements WHERE query NOT LIKE '%tenant_id%'
ORDER BY calls DESC LIMIT 10;
"""

_ROUTES = """import {{ createHash }} from "node:crypto";
import pg from "pg";

const SLOTS = 1024;
const addresses = [{addresses}];
const pools = addresses.map((address) => new pg.Pool({{ connectionString: address }}));

export function slot(tenant) {{
  return createHash("sha256").update(String(tenant)).digest().readUInt32BE(0) % SLOTS;
}}

export function pool(tenant) {{
  return pools[Math.floor((slot(tenant) * pools.length) / SLOTS)];
}}
"""
