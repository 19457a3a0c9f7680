"""A PostgreSQL that follows another one: how it is made, how a service reads from it, how far it is behind."""

from __future__ import annotations

from advisor.diagnosis.advice import Step

PLATFORM = "PostgreSQL"
SLOT = "reads"


def steps(host: str, port: str, lag: float) -> tuple[Step, ...]:
    """A replica of the server at this address; reads leave it when it is more than `lag` seconds behind."""
    return (
        Step("On the primary: a role for the replica, and a slot that keeps the log until the replica has it. Let the "
             "role in from the replica's address (pg_hba.conf: host replication replica ADDRESS/32 scram-sha-256).",
             PLATFORM, "psql on the primary", _PRIMARY.format(slot=SLOT)),
        Step("On a new machine of the same size: copy the data and follow. -R writes what it needs to follow.",
             PLATFORM, "sh on the replica", _COPY.format(host=host, port=port, slot=SLOT)),
        Step("Send reads that may be a moment old to it: lists, searches, reports. Reads that follow an own write, and "
             "all writes, stay with the primary.", "pg", "data.mjs", _ROUTES.format(lag=f"{lag:g}")),
        Step("How far it is behind, on the primary. A slot whose replica is gone keeps the log until the disk is full: "
             "drop it then with pg_drop_replication_slot.", PLATFORM, "psql on the primary", _LAG),
    )  # fmt: skip


_PRIMARY = """CREATE ROLE replica WITH REPLICATION LOGIN PASSWORD 'change-me';
SELECT pg_create_physical_replication_slot('{slot}', true);
"""

_COPY = """pg_basebackup -h {host} -p {port} -U replica -D "$PGDATA" -X stream -S {slot} -R -P
"""

_ROUTES = """import pg from "pg";

const writer = new pg.Pool({{ connectionString: process.env.DATABASE_URL }});
const reader = new pg.Pool({{ connectionString: process.env.REPLICA_URL }});
const LAG = `SELECT CASE WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0
  ELSE coalesce(extract(epoch FROM now() - pg_last_xact_replay_timestamp()), 1e9) END AS seconds`;
let fresh = false;

export async function check() {{
  try {{
    const {{ rows }} = await reader.query(LAG);
    fresh = Number(rows[0].seconds) <= {lag};
  }} catch {{
    fresh = false;
  }}
}}
setInterval(check, 1_000).unref();

export const write = (text, values) => writer.query(text, values);
export const read = (text, values) => (fresh ? reader : writer).query(text, values);
export const close = () => Promise.all([writer.end(), reader.end()]);
"""

_LAG = """SELECT application_name, client_addr, state, replay_lag,
  pg_size_pretty(pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)) AS behind
FROM pg_stat_replication;
"""
