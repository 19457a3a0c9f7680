"""Metrics of what runs beside Node.js on a host: datastores, and programs that its agent was asked for.

Names of datastores' metrics are those of the OpenTelemetry Collector's receivers (opentelemetry-collector-contrib,
`receiver/postgresqlreceiver` and `receiver/redisreceiver`), where they have one; those of PostgreSQL are per database.
Units are ours: the receivers say `1` where we count.
"""

from __future__ import annotations

from functools import partial

from advisor.vocabulary.column import Column, Combine, Entity, Kind, PartKind

_G, _U, _C = Kind.GAUGE, Kind.UPDOWNCOUNTER, Kind.COUNTER
_PROGRAM, _PG, _REDIS = "advisor.program", "advisor.postgresql", "advisor.redis"
_CONNECTION = "{connection}"
_WAITING = f"{_PG}.backend.waiting"
_ACTIVE, _IDLE = {f"{_PG}.backend.state": ("active",)}, {f"{_PG}.backend.state": ("idle",)}
_OPEN = {f"{_PG}.backend.state": ("idle in transaction",)}
_WAIT = f"{_PG}.wait.type"
_ACCESS, _ACCESSING = f"{_PG}.wait.access", f"{_PG}.backend.io_waiting"
_REPLAY = {"operation": ("replay",)}
_STORE = ("db.system.name", "server.address", "server.port", "db.namespace")

_program = partial(Column, Entity.PART, part=PartKind.PROGRAM, named_by=("process.executable.name",))
_store = partial(Column, Entity.PART, part=PartKind.DATASTORE, named_by=_STORE)
_replica = partial(
    Column, Entity.PART, part=PartKind.REPLICA, named_by=(*_STORE, "replication_client"), combine=Combine.MAX
)
_statement = partial(Column, Entity.PART, part=PartKind.STATEMENT, named_by=(*_STORE, "db.query.text"))

NEIGHBOURS = (
    _program("active", f"{_PROGRAM}.process.count", "{process}", _U, "Processes of the program"),
    _program("busy", f"{_PROGRAM}.cpu.time", "s", _C, "CPU time of its processes, ended ones included"),
    _program("memory", f"{_PROGRAM}.memory.usage", "By", _U, "Resident memory, what its processes share once"),
    _program("threads", f"{_PROGRAM}.thread.count", "{thread}", _U, "Threads"),
    _program("used", f"{_PROGRAM}.file_descriptor.count", "{file_descriptor}", _U, "Open descriptors"),
    _store("answered", "advisor.datastore.answered", "1", _G, "1 where it answered the agent, 0 where it did not"),
    _store("count", "postgresql.commits", "{commit}", _C, "Transactions committed"),
    _store("aborted", "postgresql.rollbacks", "{rollback}", _C, "Transactions rolled back"),
    _store("errors", "postgresql.deadlocks", "{deadlock}", _C, "Deadlocks"),
    _store("used", f"{_PG}.connection.count", _CONNECTION, _U, "Connections to the server, to all its databases"),
    _store("capacity", "postgresql.connection.max", _CONNECTION, _G, "Most connections to the server"),
    _store("reserved", f"{_PG}.connection.reserved", _CONNECTION, _G, "Of these, kept for superusers"),
    _store("active", "postgresql.backends", "{backend}", _U, "Sessions that run a statement", _ACTIVE),
    _store("unused", "postgresql.backends", "{backend}", _U, "Sessions that idle", _IDLE),
    _store("in_transaction", "postgresql.backends", "{backend}", _U, "Sessions that idle in a transaction", _OPEN),
    _store("pending", _WAITING, "{backend}", _U, "Sessions that wait for a lock", {_WAIT: ("Lock",)}),
    _store("pending_disk", _WAITING, "{backend}", _U, "Sessions that wait for a disk", {_WAIT: ("IO",)}),
    _store(
        "pending_inside",
        _WAITING,
        "{backend}",
        _U,
        "Sessions that wait for another's work inside the server",
        {_WAIT: ("LWLock", "BufferPin", "IPC")},
    ),
    _store("pending_read", _ACCESSING, "{backend}", _U, "Of these, those for a read", {_ACCESS: ("read",)}),
    _store("pending_write", _ACCESSING, "{backend}", _U, "Of these, those for a write", {_ACCESS: ("write",)}),
    _store("oldest", f"{_PG}.transaction.age", "s", _G, "Age of the oldest open transaction"),
    _store("hits", "postgresql.blks_hit", "{block}", _C, "Blocks found in its cache"),
    _store("misses", "postgresql.blks_read", "{block}", _C, "Blocks asked of the system"),
    _store("rows_read", "postgresql.tup_returned", "{row}", _C, "Rows read"),
    _store("rows_written", "postgresql.operations", "{row}", _C, "Rows written", {"operation": ("ins", "upd", "del")}),
    _store("spilled", "postgresql.temp.io", "By", _C, "Written to temporary files, for lack of work memory"),
    _store("size", "postgresql.db_size", "By", _U, "Size on disk"),
    _store("wal", f"{_PG}.wal.written", "By", _C, "Write-ahead log, written or replayed"),
    _store("lag", f"{_PG}.replication.lag", "s", _G, "Age of what a replica replayed last"),
    _replica("lag", "postgresql.wal.delay", "s", _G, "Time until it replays what is written", _REPLAY),
    _replica("pending", "postgresql.replication.data_delay", "By", _G, "Bytes it has not replayed yet"),
    _statement("count", f"{_PG}.statement.calls", "{call}", _C, "Times it ran"),
    _statement("duration", f"{_PG}.statement.time", "s", _C, "Time it ran"),
    _store("count", "redis.commands.processed", "{command}", _C, "Commands"),
    _store("errors", "redis.connections.rejected", _CONNECTION, _C, "Connections refused, for there were too many"),
    _store("used", "redis.clients.connected", "{client}", _U, "Clients"),
    _store("capacity", f"{_REDIS}.clients.limit", "{client}", _G, "Most clients"),
    _store("pending", "redis.clients.blocked", "{client}", _U, "Clients that wait in a blocking call"),
    _store("memory", "redis.memory.used", "By", _G, "Memory in use"),
    _store("memory_limit", "redis.maxmemory", "By", _G, "Most memory it takes"),
    _store("hits", "redis.keyspace.hits", "{hit}", _C, "Look-ups that found their key"),
    _store("misses", "redis.keyspace.misses", "{miss}", _C, "Look-ups that did not"),
    _store("evicted", "redis.keys.evicted", "{key}", _C, "Keys given up for lack of memory"),
    _store("expired", "redis.keys.expired", "{event}", _C, "Keys whose time was over"),
    _store("keys", "redis.db.keys", "{key}", _G, "Keys, of all its databases"),
    _store("received", "redis.net.input", "By", _C, "Bytes received"),
    _store("sent", "redis.net.output", "By", _C, "Bytes sent"),
    _store("slow", f"{_REDIS}.slowlog.length", "{command}", _G, "Commands in its log of slow ones"),
    _store("lag", f"{_REDIS}.replication.lag", "s", _G, "Time since a replica heard its primary"),
    _replica("lag", f"{_REDIS}.replica.lag", "s", _G, "Time since it was heard"),
    _replica("pending", f"{_REDIS}.replica.data_delay", "By", _G, "Bytes it has not got yet"),
)
