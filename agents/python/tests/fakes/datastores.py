"""What children bring from two datastores that exist only here: the errands' own code, with made-up answers to it."""

from __future__ import annotations

from advisor_agent import postgresql_views as views
from advisor_agent.datastore import report
from advisor_agent.dsn import POSTGRESQL, REDIS, Dsn
from advisor_agent.errand import Answer
from advisor_agent.errand_runner import Answers
from advisor_agent.errands import postgresql, redis
from advisor_agent.metric import Sample
from advisor_agent.view import Cost, View

SHOP = Dsn("postgresql://advisor:secret@127.0.0.1/shop", POSTGRESQL)
CACHE = Dsn("valkey://:secret@127.0.0.1:6379", REDIS)

INFO = """\
# Server
redis_version:7.2.4
connected_clients:12
maxclients:10000
blocked_clients:1
used_memory:{memory}
maxmemory:268435456
total_commands_processed:{commands}
rejected_connections:{refused}
keyspace_hits:{hits}
keyspace_misses:{misses}
evicted_keys:{misses}
expired_keys:{refused}
total_net_input_bytes:{commands}00
total_net_output_bytes:{commands}000
role:{role}
master_link_status:up
master_last_io_seconds_ago:2
slave0:ip=10.0.0.7,port=6380,state=online,offset=9000,lag=1
master_repl_offset:9500
db0:keys=2000,expires=100,avg_ttl=0
db3:keys=7,expires=0,avg_ttl=0
"""
"""Of both sides of a replication, which no server shows at once."""


def info(seconds: int, role: str = "master") -> str:
    figures = {"commands": 5000 * seconds, "hits": 900 * seconds, "misses": 100 * seconds, "refused": seconds}
    return INFO.format(role=role, memory=99_000_000 + seconds, **figures)


class FakeConnection:
    """Answers what PostgreSQL is asked, after so many seconds of a steady load; `fails` names questions that fail."""

    closed = False

    def __init__(self, seconds: int, sees_all: bool = True, fails: dict[str, Exception] | None = None) -> None:
        text = "SELECT * FROM carts WHERE id = $1"
        transactions = 1000 + 40 * seconds
        self._fails = fails or {}
        self._answers = {
            views.FACTS: [(100, 3, True, sees_all, "advisor")],
            views.DATABASE: [(transactions, seconds, seconds, 80 * seconds, 9920 * seconds, 4000 * seconds,
                              8192 * seconds, 30 * seconds, 20 * seconds, 10 * seconds)],
            views.SIZE: [(2_100_000_000,)],
            views.WAL: [(77_000_000 + 50_000 * seconds,)],
            views.LAG: [(0.5,)],
            views.SESSIONS: [
                (True, "active", "", "", 2, 0.1),
                (True, "active", "Lock", "", 3, 12.5),
                (True, "active", "IPC", "write", 1, 0.1),
                (True, "active", "LWLock", "write", 2, 0.1),
                (True, "active", "IO", "read", 3, 0.1),
                (True, "idle", "", "", 29, 0.0),
                (True, "idle in transaction (aborted)", "", "", 1, 3.0),
                (False, "active", "Lock", "", 2, 900.0),
            ],
            views.AGAIN: [("",)],
            views.REPLICAS: [("10.0.0.8 shop-2", 4096, 0.02)],
            views.STATEMENTS_OF: [("public.pg_stat_statements", "total_exec_time")],
            views.STATEMENTS.format(view="public.pg_stat_statements", column="total_exec_time"): [
                (text, 100 * seconds, 2.0 * seconds)
            ],
        }  # fmt: skip
        self.asked: list[str] = []

    def execute(self, query: bytes) -> FakeConnection:
        question = query.decode().replace(f" {views.MARK}", "", 1)
        self.asked.append(question)
        if question in self._fails:
            raise self._fails[question]
        self._found = self._answers[question]
        return self

    def fetchall(self) -> list[tuple[object, ...]]:
        return self._found

    def transaction(self) -> FakeConnection:
        return self

    def __enter__(self) -> FakeConnection:
        return self

    def __exit__(self, *_: object) -> None:
        pass


class Driver:
    """As much of psycopg as is asked for its errors."""

    Error = ZeroDivisionError


def skipped(seconds: float) -> None:
    """A pause that takes no time."""


class FakeErrands:
    """In the place of `Errands`: every look brings what both told at `seconds`."""

    def __init__(self) -> None:
        self.costs = {"postgresql": Cost(), "redis": Cost()}
        self.names = tuple(self.costs)
        self.seconds = 0

    def take(self) -> Answers:
        for cost in self.costs.values():
            cost.seconds += 0.1
        conversation = postgresql.Conversation(Driver, FakeConnection(self.seconds), SHOP, pause=skipped)
        samples = [
            *redis.figures(redis.parsed(info(self.seconds))),
            *redis.replication(redis.parsed(info(self.seconds))),
            *redis.replication(redis.parsed(info(self.seconds, "slave"))),
            redis.SLOW.at(4),
        ]
        named = (Sample(one.metric, one.value, (*CACHE.attributes, *one.attributes)) for one in samples)
        found = {"postgresql": report(SHOP, conversation.told()), "redis": report(CACHE, map(Answer, named))}
        return {name: [answer for answer in answers if isinstance(answer, Answer)] for name, answers in found.items()}

    def start_due(self, view: View) -> None:
        """Nobody has to be sent."""
