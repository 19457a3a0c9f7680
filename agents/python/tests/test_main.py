from __future__ import annotations

import subprocess
import sys
import zipapp

import pytest

from advisor_agent.settings import FLAGS
from fakes.agent import SOURCE, command, environment


def run(arguments, tmp_path, *words, **settings):
    environ = environment("http://127.0.0.1:1", tmp_path, **settings)
    return subprocess.run([*arguments, *words], env=environ, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("words", [["--help"], ["run", "-h"]])
def test_help_names_every_option(tmp_path, words):
    done = run(command(), tmp_path, *words)
    assert done.returncode == 0
    for flag, (variable, _) in FLAGS.items():
        assert flag in done.stdout
        assert variable in done.stdout


def test_no_command_shows_the_usage_and_fails(tmp_path):
    done = run(command(), tmp_path)
    assert done.returncode == 2
    assert "advisor-agent run" in done.stdout


@pytest.mark.parametrize(
    ("words", "settings", "sentence"),
    [
        (["fly"], {}, "There is no command fly; use run, check, status, enroll or install."),
        (["run", "--color"], {}, "There is no option --color"),
        (["run"], {"ADVISOR_TOKEN": ""}, "No token is set"),
        (["run", "--server", "nowhere"], {}, "must start with http://"),
        (["check", "--interval=never"], {}, "must be 1 to 300 seconds"),
        (["run", "--listen", "0.0.0.0:4318"], {}, "may only listen on loopback"),
        (["run", "--key", "sae_x"], {}, "There is no option --key"),
        (["run", "--config", "/nowhere/agent.toml"], {}, "There is no settings file /nowhere/agent.toml"),
        (["enroll"], {}, "No enrolment key is given"),
        (["install", "--color"], {}, "There is no option --color"),
        (["enroll", "--interval", "5"], {}, "There is no option --interval"),
    ],
)
def test_a_wrong_setting_is_one_sentence_and_exit_2(tmp_path, words, settings, sentence):
    done = run(command(), tmp_path, *words, **settings)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert sentence in done.stderr


def test_a_token_that_would_travel_in_the_open_is_told(tmp_path):
    done = run(command(), tmp_path, "check", "--server", "http://advisor.invalid")
    assert "travel unencrypted to http://advisor.invalid" in done.stderr
    assert done.returncode == 1


def test_enrolled_once_it_runs_without_another_word(sink, tmp_path):
    sink.body = b'{"token": "sah_abc"}'
    settings = {"ADVISOR_TOKEN": "", "ADVISOR_CONFIG": str(tmp_path / "agent.toml")}
    done = run(command(), tmp_path, "enroll", "--server", sink.url, "--key", "sae_abc", **settings)
    assert done.returncode == 0, done.stderr
    assert sink.next().path == "/api/v1/enroll"
    done = run(command(), tmp_path, "check", **settings, ADVISOR_SERVER="")
    assert done.returncode == 0, done.stderr
    assert sink.next().headers["authorization"] == "Bearer sah_abc"


def test_a_key_that_the_server_does_not_take_is_exit_1(sink, tmp_path):
    sink.status, sink.body = 401, b'{"error": "This enrolment key is not known here."}'
    settings = {"ADVISOR_CONFIG": str(tmp_path / "agent.toml")}
    done = run(command(), tmp_path, "enroll", "--server", sink.url, "--key", "sae_abc", **settings)
    assert done.returncode == 1
    assert "not known here" in done.stderr


def test_a_host_that_is_not_enrolled_cannot_be_installed(tmp_path):
    done = run(command(), tmp_path, "install", ADVISOR_CONFIG=str(tmp_path / "agent.toml"))
    assert done.returncode == 1
    assert "Run `advisor-agent enroll` first" in done.stderr


def test_it_runs_as_one_file(sink, tmp_path):
    archive = tmp_path / "advisor-agent.pyz"
    zipapp.create_archive(SOURCE, archive, main="advisor_agent.__main__:main")
    arguments = [sys.executable, "-S", "-E", str(archive)]
    assert run(arguments, tmp_path, "--version").stdout == "advisor-agent 0.1.0\n"
    done = run(arguments, tmp_path, "check", "--server", sink.url)
    assert done.returncode == 0, done.stderr
    assert "system.memory.limit" in done.stdout
    assert run(arguments, tmp_path, "fly").returncode == 2
    assert run(arguments, tmp_path, "check", "--server", "http://127.0.0.1:1").returncode == 1


def test_no_dear_module_is_imported_on_the_way_to_run():
    dear = {"argparse", "asyncio", "email", "http.client", "inspect", "logging", "psutil", "ssl", "urllib.request"}
    program = "import sys, advisor_agent.__main__, advisor_agent.loop, advisor_agent.system as s\n"
    program += "s.this_system(); print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-S", "-c", program],
        env={"PYTHONPATH": str(SOURCE)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert not dear & set(done.stdout.split())
