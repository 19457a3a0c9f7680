"""A real replica follows a real PostgreSQL by the steps that are shown, and a real service reads from it."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from advisor.diagnosis.recipes import replication
from tests.strategies.tools.node import PATIENCE, program, running
from tests.strategies.tools.npm import PG, with_packages
from tests.strategies.tools.postgresql import Server, following, serving

OLD = 3.0
PRIMARY, COPY, ROUTES, LAG = replication.steps("10.0.0.5", "5432", OLD, 3e9)
SHOW = """import { check, close, read, write } from "./data.mjs";
await check();
const side = "SELECT pg_is_in_recovery() AS replica";
const told = [(await read(side)).rows[0].replica, (await write(side)).rows[0].replica];
console.log(JSON.stringify(told));
await close();
"""
FOLLOW = """import { check, read } from "./data.mjs";
await check();
let last;
setInterval(async () => {
  const { replica } = (await read("SELECT pg_is_in_recovery() AS replica")).rows[0];
  if (replica !== last) console.log(last = replica);
}, 50);
setTimeout(() => process.exit(1), 20_000); // nobody waits forever for what does not change
"""
ENDED = """import { check, close, read } from "./data.mjs";
await check();
const ended = "CASE WHEN pg_is_in_recovery() THEN pg_terminate_backend(pg_backend_pid()) END";
console.log((await read(`SELECT pg_is_in_recovery() AS replica, ${ended}`)).rows[0].replica);
await close();
"""
IDLE = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE pid <> pg_backend_pid() AND backend_type = 'client backend';
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("store")) as started:
        started.psql("CREATE TABLE items (id int PRIMARY KEY); INSERT INTO items VALUES (1);")
        started.psql(PRIMARY.code)
        yield started


@pytest.fixture(scope="module")
def replica(server: Server) -> Iterator[Server]:
    with following(server, COPY.code) as started:
        yield started


def service(folder: Path, script: str) -> Path:
    with_packages(folder, PG)
    (folder / "data.mjs").write_text(ROUTES.code)
    (folder / "show.mjs").write_text(script)
    return folder / "show.mjs"


def said(script: Path, primary: str, *replicas: str) -> str:
    run = subprocess.run([program(), script.name], cwd=script.parent, env=where(primary, *replicas),
                         capture_output=True, text=True, timeout=PATIENCE, check=True)  # fmt: skip
    return run.stdout.strip()


def where(primary: str, *replicas: str) -> dict[str, str]:
    return {"DATABASE_URL": primary, "REPLICA_URLS": ",".join(replicas)}


def sides(folder: Path, primary: str, *replicas: str) -> list[bool]:
    """Whether a read and whether a write were answered by a replica."""
    told: list[bool] = json.loads(said(service(folder, SHOW), primary, *replicas))
    return told


@contextmanager
def cut(server: Server) -> Iterator[None]:
    """The way from the primary to its replica is cut while the block runs."""
    server.psql("ALTER ROLE replica NOLOGIN; SELECT pg_terminate_backend(pid) FROM pg_stat_replication;")
    wait_until(lambda: "(0 rows)" in server.psql("SELECT pid FROM pg_stat_replication"))
    try:
        server.psql("INSERT INTO items SELECT max(id) + 1 FROM items")
        yield
    finally:
        server.psql("ALTER ROLE replica LOGIN")
        wait_until(lambda: "(1 row)" in server.psql("SELECT pid FROM pg_stat_replication WHERE state = 'streaming'"))


def wait_until(reached: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if reached():
            return
        time.sleep(0.05)
    raise AssertionError("it did not come to it in time")


def test_the_replica_has_what_the_primary_has_and_takes_no_writes(server: Server, replica: Server) -> None:
    assert " 1\n" in replica.psql("SELECT id FROM items")
    with pytest.raises(subprocess.CalledProcessError) as refusal:
        replica.psql("INSERT INTO items VALUES (2)")
    assert "read-only" in refusal.value.stderr


def test_the_primary_tells_how_far_it_is_behind_and_keeps_its_log_within_bounds(
    server: Server, replica: Server
) -> None:
    wait_until(lambda: "streaming" in server.psql(LAG.code))
    assert "reserved" in server.psql(LAG.code)
    assert " 3GB\n" in server.psql("SHOW max_slot_wal_keep_size")


def test_reads_go_to_the_replica_and_writes_do_not(tmp_path: Path, server: Server, replica: Server) -> None:
    assert sides(tmp_path, server.url, replica.url) == [True, False]


def test_reads_go_to_the_replica_that_is_there(tmp_path: Path, server: Server, replica: Server) -> None:
    assert sides(tmp_path, server.url, "postgresql://postgres@/postgres?host=/nowhere", replica.url) == [True, False]


def test_reads_return_to_the_primary_while_the_replica_is_away(tmp_path: Path, server: Server) -> None:
    assert sides(tmp_path, server.url, "postgresql://postgres@/postgres?host=/nowhere") == [False, False]


def test_a_read_that_the_replica_ends_is_answered_by_the_primary(
    tmp_path: Path, server: Server, replica: Server
) -> None:
    assert said(service(tmp_path, ENDED), server.url, replica.url) == "false"


def test_a_replica_that_is_cut_off_is_not_taken_for_fresh(tmp_path: Path, server: Server, replica: Server) -> None:
    """It has replayed all that it has received, and received nothing of what the primary wrote since."""
    with cut(server):
        assert sides(tmp_path, server.url, replica.url) == [False, False]


def test_a_running_service_leaves_a_replica_that_stays_behind_and_comes_back(
    tmp_path: Path, server: Server, replica: Server
) -> None:
    with running(service(tmp_path, FOLLOW), **where(server.url, replica.url)) as node:
        assert node.stdout is not None
        assert node.stdout.readline() == "true\n"
        replica.psql(IDLE)  # a lost connection ends no process
        with cut(server):
            assert node.stdout.readline() == "false\n"
        assert node.stdout.readline() == "true\n"
