"""A real replica follows a real PostgreSQL by the steps that are shown, and a real service reads from it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from advisor.diagnosis.recipes import replication
from tests.strategies.tools.node import PATIENCE, program
from tests.strategies.tools.npm import PG, with_packages
from tests.strategies.tools.postgresql import Server, following, serving

PRIMARY, COPY, ROUTES, LAG = replication.steps("10.0.0.5", "5432", 10.0)
SHOW = """import { check, close, read, write } from "./data.mjs";
await check();
const side = "SELECT pg_is_in_recovery() AS replica";
const told = [(await read(side)).rows[0].replica, (await write(side)).rows[0].replica];
console.log(JSON.stringify(told));
await close();
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("store")) as running:
        running.psql("CREATE TABLE items (id int PRIMARY KEY); INSERT INTO items VALUES (1);")
        running.psql(PRIMARY.code)
        yield running


@pytest.fixture(scope="module")
def replica(server: Server) -> Iterator[Server]:
    with following(server, COPY.code) as running:
        yield running


def sides(folder: Path, primary: str, replica: str) -> list[bool]:
    """Whether a read and whether a write were answered by the replica."""
    with_packages(folder, PG)
    (folder / "data.mjs").write_text(ROUTES.code)
    (folder / "show.mjs").write_text(SHOW)
    run = subprocess.run([program(), "show.mjs"], cwd=folder, env={"DATABASE_URL": primary, "REPLICA_URL": replica},
                         capture_output=True, text=True, timeout=PATIENCE, check=True)  # fmt: skip
    told: list[bool] = json.loads(run.stdout)
    return told


def test_the_replica_has_what_the_primary_has_and_takes_no_writes(server: Server, replica: Server) -> None:
    assert " 1\n" in replica.psql("SELECT id FROM items")
    with pytest.raises(subprocess.CalledProcessError, match="exit status"):
        replica.psql("INSERT INTO items VALUES (2)")


def test_the_primary_tells_how_far_it_is_behind(server: Server, replica: Server) -> None:
    assert "streaming" in server.psql(LAG.code)


def test_reads_go_to_the_replica_and_writes_do_not(tmp_path: Path, server: Server, replica: Server) -> None:
    assert sides(tmp_path, server.url, replica.url) == [True, False]


def test_reads_return_to_the_primary_while_the_replica_is_away(tmp_path: Path, server: Server) -> None:
    assert sides(tmp_path, server.url, "postgresql://postgres@/postgres?host=/nowhere") == [False, False]
