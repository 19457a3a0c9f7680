from __future__ import annotations

import os
import subprocess

import pytest

from advisor_agent.batch import Batch
from advisor_agent.config import Config
from advisor_agent.log import Log
from advisor_agent.settings import ConfigError
from advisor_agent.spool import Spool
from advisor_agent.status import status
from fakes.agent import command, environment, running, stopped

SERVER = "http://127.0.0.1:8000"


@pytest.fixture
def config(tmp_path):
    return Config({"ADVISOR_SERVER": SERVER, "ADVISOR_TOKEN": "sah_abc", "ADVISOR_STATE_DIR": str(tmp_path / "state")})


def test_before_the_first_run(config):
    assert status(config) == (False, f"No agent has run here yet: {config.state_dir} is empty.")


def test_at_work_with_nothing_to_send(config):
    spool = Spool(config.state_dir, Log())
    is_at_work, words = status(config)
    assert is_at_work
    assert words.splitlines() == [
        f"An agent is at work (process {os.getpid()}); it reports to {SERVER} every 10 s.",
        "Nothing waits for the server.",
    ]
    assert len(spool) == 0


def test_what_waits_is_counted_with_its_age(config):
    spool = Spool(config.state_dir, Log())
    for number in range(3):
        spool.add(Batch(f"id-{number}", "application/json", "", b"x" * 100))
    _, words = status(config)
    assert "3 batches wait for the server (" in words
    assert ", the oldest for 0 s, since 20" in words


def test_a_folder_that_is_closed_to_us_is_said(config, tmp_path):
    (tmp_path / "state").write_text("a file")
    with pytest.raises(ConfigError, match="Run this as the agent's user"):
        status(config)


def test_while_it_runs_and_after_it_was_killed(sink, tmp_path):
    def ask():
        environ = environment(sink.url, tmp_path)
        return subprocess.run(command("status"), env=environ, capture_output=True, text=True, timeout=60, check=False)

    with running(sink.url, tmp_path) as agent:
        sink.next()
        at_work = ask()
        assert (at_work.returncode, f"process {agent.pid}" in at_work.stdout) == (0, True)
        stopped(agent)
    ended = ask()
    assert (ended.returncode, "No agent is at work" in ended.stdout) == (1, True)
