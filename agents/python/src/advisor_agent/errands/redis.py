"""Redis and Valkey, by `INFO` and `SLOWLOG LEN`: figures of the server, no key and no value.

Names are those of the OpenTelemetry Collector's receiver of Redis, where it has one.
"""

from __future__ import annotations

from collections.abc import Iterator

from advisor_agent.config import Config
from advisor_agent.datastore import ANSWERED, EVERY, TIMEOUT_SECONDS, Told, report
from advisor_agent.dsn import REDIS, Dsn
from advisor_agent.errand import Answer, ErrandError
from advisor_agent.metric import COUNTER, GAUGE, UPDOWNCOUNTER, Metric, Sample
from advisor_agent.resp import Resp, RespError
from advisor_agent.view import View

_FIELDS = {
    "total_commands_processed": Metric("redis.commands.processed", "{command}", COUNTER, "Commands processed"),
    "rejected_connections": Metric("redis.connections.rejected", "{connection}", COUNTER, "Connections refused"),
    "connected_clients": Metric("redis.clients.connected", "{client}", UPDOWNCOUNTER, "Clients, without replicas"),
    "maxclients": Metric("advisor.redis.clients.limit", "{client}", GAUGE, "Most clients it lets in"),
    "blocked_clients": Metric("redis.clients.blocked", "{client}", UPDOWNCOUNTER, "Clients in a blocking call"),
    "used_memory": Metric("redis.memory.used", "By", GAUGE, "Memory in use"),
    "maxmemory": Metric("redis.maxmemory", "By", GAUGE, "Most memory it takes"),
    "keyspace_hits": Metric("redis.keyspace.hits", "{hit}", COUNTER, "Look-ups that found their key"),
    "keyspace_misses": Metric("redis.keyspace.misses", "{miss}", COUNTER, "Look-ups that did not"),
    "evicted_keys": Metric("redis.keys.evicted", "{key}", COUNTER, "Keys given up for lack of memory"),
    "expired_keys": Metric("redis.keys.expired", "{event}", COUNTER, "Keys whose time was over"),
    "total_net_input_bytes": Metric("redis.net.input", "By", COUNTER, "Bytes received"),
    "total_net_output_bytes": Metric("redis.net.output", "By", COUNTER, "Bytes sent"),
}
"""Field of `INFO` -> metric."""

_UNLIMITED = "maxmemory"
KEYS = Metric("redis.db.keys", "{key}", GAUGE, "Keys")
SLOW = Metric("advisor.redis.slowlog.length", "{command}", GAUGE, "Commands in its log of slow ones")
LAG = Metric("advisor.redis.replication.lag", "s", GAUGE, "Time since this replica heard its primary")
REPLICA_LAG = Metric("advisor.redis.replica.lag", "s", GAUGE, "Time since a replica was heard")
REPLICA_DELAY = Metric("advisor.redis.replica.data_delay", "By", GAUGE, "Bytes that a replica has not got yet")
METRICS = (ANSWERED, *_FIELDS.values(), KEYS, SLOW, LAG, REPLICA_LAG, REPLICA_DELAY)

__all__ = ["EVERY", "METRICS", "ask", "targets"]

Info = dict[str, str]


def targets(config: Config, view: View) -> list[str]:
    """Those that the settings name."""
    return config.redis


def ask(target: str) -> Told:
    """Its figures."""
    dsn = Dsn(target, REDIS)
    return report(dsn, _told(dsn))


def _told(dsn: Dsn) -> Iterator[Answer | ErrandError]:
    try:
        redis = Resp(dsn, TIMEOUT_SECONDS)
        try:
            yield from _asked(redis, dsn)
        finally:
            redis.close()
    except (OSError, RespError) as error:
        reason = dsn.masked(str(error) or type(error).__name__)
        raise ErrandError(f"{dsn} does not answer: {reason}. Check it, and ADVISOR_REDIS.") from None


def _asked(redis: Resp, dsn: Dsn) -> Iterator[Answer | ErrandError]:
    if dsn.password:
        redis.ask("AUTH", *filter(None, (dsn.user, dsn.password)))
    info = parsed(redis.ask("INFO"))
    for sample in [*figures(info), *replication(info)]:
        yield Answer(Sample(sample.metric, sample.value, (*dsn.attributes, *sample.attributes)))
    try:
        yield Answer(SLOW.at(int(redis.ask("SLOWLOG", "LEN")), *dsn.attributes))
    except RespError as error:
        yield ErrandError(f"{dsn} does not tell how long its slow log is: {dsn.masked(str(error))}.")


def parsed(text: str) -> Info:
    """The fields of `INFO`."""
    return dict(line.split(":", 1) for line in text.splitlines() if ":" in line)


def figures(info: Info) -> Iterator[Sample]:
    """What each field says; a field that this version does not have is left out, and so is a limit that is none."""
    for field, metric in _FIELDS.items():
        value = info.get(field, "")
        if value.isdigit() and not (field == _UNLIMITED and value == "0"):
            yield metric.at(int(value))
    databases = {name: text for name, text in info.items() if name.startswith("db") and name[2:].isdigit()}
    if not databases:
        yield KEYS.at(0)
    for name, text in databases.items():
        yield KEYS.at(_number(_pairs(text), "keys"), ("db", name))


def replication(info: Info) -> Iterator[Sample]:
    """As a replica, how long ago it heard its primary; as a primary, how far behind each replica is."""
    if info.get("role") == "slave":
        is_linked = info.get("master_link_status") == "up"
        seconds = _number(info, "master_last_io_seconds_ago" if is_linked else "master_link_down_since_seconds")
        if seconds >= 0:
            yield LAG.at(seconds)
        return
    offset = _number(info, "master_repl_offset")
    for name, text in info.items():
        if name.startswith("slave") and name[5:].isdigit():
            yield from _replica(_pairs(text), offset)


def _replica(pairs: Info, offset: int) -> Iterator[Sample]:
    client = ("replication_client", f"{pairs.get('ip', '')}:{pairs.get('port', '')}")
    heard, got = _number(pairs, "lag"), _number(pairs, "offset")
    if heard >= 0:
        yield REPLICA_LAG.at(heard, client)
    if got >= 0:
        yield REPLICA_DELAY.at(max(offset - got, 0), client)


def _pairs(text: str) -> Info:
    return dict(pair.split("=", 1) for pair in text.split(",") if "=" in pair)


def _number(fields: Info, name: str) -> int:
    """A field's number; -1 where it has none."""
    try:
        return int(fields.get(name, ""))
    except ValueError:
        return -1
