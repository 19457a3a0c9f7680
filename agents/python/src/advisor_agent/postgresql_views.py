"""What PostgreSQL is asked, in SQL that versions 12 to 18 understand. No table of anybody's is named."""

from __future__ import annotations

MARK = "/* advisor-agent */"
"""Stands behind the first word of each question, so that they are not counted among the statements."""

FACTS = """
SELECT current_setting('max_connections')::int,
       current_setting('superuser_reserved_connections')::int
       + coalesce(current_setting('reserved_connections', true), '0')::int,
       pg_is_in_recovery(), pg_has_role('pg_read_all_stats', 'usage'), quote_ident(current_user)
"""

DATABASE = """
SELECT xact_commit, xact_rollback, deadlocks, blks_read, blks_hit, tup_returned, temp_bytes,
       tup_inserted, tup_updated, tup_deleted
FROM pg_stat_database WHERE datname = current_database()
"""

SIZE = "SELECT pg_database_size(current_database())"

_WRITTEN = "CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END"

WAL = f"SELECT ({_WRITTEN} - '0/0'::pg_lsn)::bigint"

LAG = """
SELECT CASE WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() AND EXISTS (SELECT FROM pg_stat_wal_receiver)
            THEN 0 ELSE extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()) END::float8
"""
"""A replica that has replayed all it got is not behind, however long its primary is idle; one without a link is."""

ACCESS = """
CASE WHEN wait_event ~* '^(buffile|dsm)' THEN ''
     WHEN wait_event ~* 'read|prefetch' THEN 'read'
     WHEN wait_event ~* '^wal|^syncrep|write|sync$|flush|extend' THEN 'write' ELSE '' END
"""
"""For which access a session waits, by the name of the event; temporary files and shared memory
are none. SyncRep waits for a replica."""

SESSIONS = f"""
SELECT datname = current_database() AND pid <> pg_backend_pid(), coalesce(state, ''),
       CASE WHEN state = 'active' THEN coalesce(wait_event_type, '') ELSE '' END,
       CASE WHEN state = 'active' AND wait_event_type IN ('IO', 'LWLock', 'IPC') THEN {ACCESS} ELSE '' END,
       count(*), coalesce(extract(epoch FROM clock_timestamp() - min(xact_start)), 0)::float8
FROM pg_stat_activity WHERE backend_type = 'client backend' GROUP BY 1, 2, 3, 4
"""  # noqa: S608 - words of our own alone
"""Is it a session of this database, other than ours; its state; what it waits for, and for which access; how many; the
oldest transaction."""

AGAIN = "SELECT pg_stat_clear_snapshot()"
"""Within one transaction the sessions stay as they were seen first, until this is asked."""

REPLICAS = f"""
SELECT concat_ws(' ', coalesce(host(client_addr), 'unix'), nullif(application_name, 'walreceiver')),
       max(({_WRITTEN} - replay_lsn)::bigint),
       max(CASE WHEN replay_lsn = {_WRITTEN} THEN 0 ELSE extract(epoch FROM replay_lag) END::float8)
FROM pg_stat_replication WHERE replay_lsn IS NOT NULL GROUP BY 1
"""  # noqa: S608 - words of our own alone

STATEMENTS_OF = """
SELECT quote_ident(nspname) || '.pg_stat_statements',
       CASE WHEN string_to_array(extversion, '.')::int[] >= '{1,8}' THEN 'total_exec_time' ELSE 'total_time' END
FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace WHERE extname = 'pg_stat_statements'
"""

STATEMENTS = """
SELECT left(query, 1000), calls, {column} / 1000
FROM {view} WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND query NOT LIKE '%/* advisor-agent */%'
ORDER BY {column} DESC LIMIT 50
"""
