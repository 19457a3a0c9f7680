"""A database of a PostgreSQL on a server of its own."""

from __future__ import annotations

import shlex

from advisor.diagnosis.advice import Step

PLATFORM = "PostgreSQL"


def moved(server: str, database: str) -> tuple[Step, ...]:
    """Copy a database of the server at this address (host and port) to another one, and lead its service there."""
    host, _, port = server.partition(" ")
    name = shlex.quote(database)
    code = _COPY.format(here=f"-h {shlex.quote(host)} -p {shlex.quote(port or '5432')}", name=name,
                        file=shlex.quote(f"{database}.dump"))  # fmt: skip
    return (
        Step("Set up a server on a machine of its own, with the roles of this one. Let nobody write to the database, "
             "and copy it. Where it may not stand still for so long, let the new one follow it by logical replication "
             "(CREATE PUBLICATION, CREATE SUBSCRIPTION) instead.", PLATFORM, "shell", code),
        Step("Give the services that use it the new address. No statement of a PostgreSQL reaches into another "
             "database but by foreign tables or dblink, so the rest of the code stays as it is."),
        Step("Drop the old one once nobody misses it, and watch the sessions of both servers."),
    )  # fmt: skip


_COPY = """set -e
export NEW_SERVER=put-its-address-here
pg_dump {here} --format=custom --file={file} {name}
createdb -h "$NEW_SERVER" {name}
pg_restore -h "$NEW_SERVER" --exit-on-error --dbname={name} {file}
"""
