"""Connections that are shared: the pools of clients, and PgBouncer before a PostgreSQL."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from advisor.diagnosis.advice import Step

ACQUIRE: Final = 5_000
"""Milliseconds after which a request gives up its wait for a connection: who asked has mostly left by then."""

_POOLS: Final = {"postgresql": "pg", "mysql": "mysql2", "mariadb": "mysql2", "mongodb": "mongodb", "http": "undici"}
"""The system in a pool's name -> the usual client of Node.js."""


@dataclass(frozen=True, slots=True)
class Bouncer:
    """A PgBouncer that the pools of all processes lead to.

    Attributes:
        place: the name of a pool: `postgresql`, address, port and perhaps database.
        server: connections to the PostgreSQL, of one database and user.
        clients: connections that it accepts.
        hosts: machines that the processes run on.
    """

    place: str
    server: int
    clients: int
    hosts: int = 1


def larger(system: str, size: int) -> Step:
    """A pool of so many connections, as the usual client of the system takes it."""
    client = _POOLS.get(system, "")
    if not client:
        return Step(f"Set the most connections of the pool to {size} where it is made, and let a request give up its "
                    f"wait after {ACQUIRE // 1000} s.")  # fmt: skip
    return Step("Set it where the pool is made.", client, "pool.mjs", _CODE[client].format(size=size, acquire=ACQUIRE))


def bouncer(wanted: Bouncer) -> tuple[Step, ...]:
    """Its configuration, and what a service must not do behind it; nothing for a place that does not read as one."""
    place = _PLACE.fullmatch(wanted.place)
    if place is None:
        return ()
    server, database = f"host={place['host']} port={place['port']}", place["database"]
    route = f"{database} = {server} dbname={database}" if database else f"* = {server}"
    listen = _HERE if wanted.hosts == 1 else _ELSEWHERE
    code = _BOUNCER.format(route=route, server=wanted.server, clients=wanted.clients, listen=listen)
    return (
        Step("Let all processes share the server's connections: PgBouncer gives one out for a transaction only. "
             f"{_where(wanted)} Their pools then lead to its port 6432.",
             "PgBouncer", "/etc/pgbouncer/pgbouncer.ini", code),
        Step("Behind it nothing lasts beyond a transaction: no SET, no LISTEN, no advisory locks of a session.",
             "PgBouncer"),
        Step("Named prepared statements work from PgBouncer 1.21 on, and until 1.23 only with this line. Do not send "
             "any through an older one, which does not start with this line either.",
             "PgBouncer", "/etc/pgbouncer/pgbouncer.ini, at its end", PREPARED),
    )  # fmt: skip


def _where(wanted: Bouncer) -> str:
    if wanted.hosts == 1:
        return "Run it on the host of the processes."
    return (
        f"Run one for all {wanted.hosts} hosts, on the database's host or on one of its own: one on each host would "
        f"open up to {wanted.server} connections each."
    )


_PLACE: Final = re.compile(
    r"postgresql (?P<host>[\w.-]+)[: ](?P<port>\d+)(?:[/ ](?P<database>[A-Za-z_][\w-]*))?", re.ASCII
)

_CODE: Final = {
    "pg": """import pg from "pg";

export const pool = new pg.Pool({{
  max: {size},
  connectionTimeoutMillis: {acquire},
  idle_in_transaction_session_timeout: 10_000,
}});
""",
    "mysql2": """import mysql from "mysql2/promise";

export const pool = mysql.createPool({{ uri: process.env.DATABASE_URL, connectionLimit: {size} }});
""",
    "mongodb": """import {{ MongoClient }} from "mongodb";

export const client = new MongoClient(process.env.MONGODB_URL, {{
  maxPoolSize: {size},
  waitQueueTimeoutMS: {acquire},
}});
""",
    "undici": """import {{ Agent, setGlobalDispatcher }} from "undici";

setGlobalDispatcher(new Agent({{ connections: {size} }}));
""",
}

PREPARED: Final = """max_prepared_statements = 200
"""
"""The default from PgBouncer 1.24 on; 0 before."""

_HERE: Final = "listen_addr = 127.0.0.1"

_ELSEWHERE: Final = """; Put its address in the private network in place of this one: only the service may reach it.
listen_addr = 0.0.0.0"""

_BOUNCER = """[databases]
{route}

[pgbouncer]
{listen}
listen_port = 6432
auth_type = scram-sha-256
auth_file = /etc/pgbouncer/userlist.txt
pool_mode = transaction
default_pool_size = {server}
max_client_conn = {clients}
query_wait_timeout = 10
idle_transaction_timeout = 10
ignore_startup_parameters = extra_float_digits, idle_in_transaction_session_timeout, statement_timeout
"""
