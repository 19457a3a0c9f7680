"""A PostgreSQL that follows another one: how it is made, how a service reads from it, how far it is behind."""

from __future__ import annotations

from typing import Final

from advisor.diagnosis.advice import Step

PLATFORM: Final = "PostgreSQL"
_SLOT: Final = "reads_1"


def steps(host: str, port: str, lag: float, kept: float) -> tuple[Step, ...]:
    """A replica of the server at this address.

    Reads leave it when it is more than `lag` seconds behind. For a replica that is gone the primary keeps `kept` bytes
    of its log at most, in whole GB.
    """
    return (
        Step("On the primary: a role for the replica, and a slot that keeps the log until the replica has it. The "
             "bound holds for all slots of the server and must fit what is free on its disk: a replica that is away "
             "for longer is made anew. Let the role in from its address (pg_hba.conf: host replication replica "
             "ADDRESS/32 scram-sha-256).", PLATFORM, "psql on the primary",
             _PRIMARY.format(slot=_SLOT, kept=max(1, round(kept / 1e9)))),
        Step("On a new machine of the same size, in a quiet hour, for all data is read once: copy it and follow. "
             f"{host} must be an address that this machine reaches. -R writes primary_conninfo and standby.signal, by "
             "which it follows once it is started. Each further replica has a slot of its own.",
             PLATFORM, "sh on the replica", _COPY.format(host=host, port=port, slot=_SLOT)),
        Step("Send reads that may be a moment old to it: lists, searches, reports. Reads that follow an own write, and "
             "all writes, stay with the primary. A replica that lacks what the primary had so long ago gets no reads.",
             "pg", "data.mjs", _ROUTES.format(lag=round(lag * 1000))),
        Step("How far each is behind, and whether its slot keeps the log for it. Drop the slot of one that you give up "
             "with pg_drop_replication_slot.", PLATFORM, "psql on the primary", _LAG),
    )  # fmt: skip


_PRIMARY = """CREATE ROLE replica WITH REPLICATION LOGIN PASSWORD 'change-me';
SELECT pg_create_physical_replication_slot('{slot}', true);
ALTER SYSTEM SET max_slot_wal_keep_size = '{kept}GB';
SELECT pg_reload_conf();
"""

_COPY = """pg_basebackup -h {host} -p {port} -U replica -D "$PGDATA" -X stream -S {slot} -R -P
"""

# A replica is judged by what it has of the primary's log: its own clock and its last transaction say nothing while the
# way between the two is cut.
_ROUTES = """import pg from "pg";

const OLD = {lag}; // milliseconds that what is read may be old at most
const ENDED = {{ text: "SELECT pg_current_wal_flush_lsn() AS lsn", query_timeout: 1_000 }};
const HAS = `SELECT count(*)::int AS ends FROM unnest($1::pg_lsn[]) AS lsn WHERE lsn <= pg_last_wal_replay_lsn()`;

const writer = opened(process.env.DATABASE_URL);
const readers = process.env.REPLICA_URLS.split(",").map((url) => ({{ pool: opened(url), upTo: 0 }}));
const ends = []; // where the log of the primary ended at which time
let turn = 0;

function opened(connectionString) {{
  const pool = new pg.Pool({{ connectionString, connectionTimeoutMillis: 2_000 }});
  pool.on("error", (error) => console.error(error.message)); // unheard, it would end the process
  return pool;
}}

export async function check() {{
  const at = Date.now();
  const {{ rows }} = await writer.query(ENDED);
  ends.push({{ at, lsn: rows[0].lsn }});
  while (ends[0].at < at - OLD) ends.shift();
  const told = [...ends];
  const values = [told.map((end) => end.lsn)];
  await Promise.allSettled(readers.map(async (reader) => {{
    const {{ rows }} = await reader.pool.query({{ text: HAS, values, query_timeout: 1_000 }});
    reader.upTo = told[rows[0].ends - 1]?.at ?? reader.upTo;
  }}));
}}

const watch = () => check().catch(() => {{}}).finally(() => setTimeout(watch, 1_000).unref());
watch();

export const write = (text, values) => writer.query(text, values);

export function read(text, values) {{
  const fresh = readers.filter((reader) => Date.now() - reader.upTo <= OLD);
  if (fresh.length === 0) return writer.query(text, values);
  // A replica may end a long read to keep up with the primary.
  return fresh[turn++ % fresh.length].pool.query(text, values).catch(() => writer.query(text, values));
}}

export const close = () => Promise.all([writer, ...readers.map((reader) => reader.pool)].map((pool) => pool.end()));
"""

_LAG = """SELECT application_name, client_addr, state, replay_lag,
  pg_size_pretty(pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)) AS behind
FROM pg_stat_replication;
SELECT slot_name, active, wal_status, pg_size_pretty(safe_wal_size) AS until_it_is_lost
FROM pg_replication_slots WHERE slot_type = 'physical';
"""
