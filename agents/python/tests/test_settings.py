from __future__ import annotations

import re
import sys

import pytest

from advisor_agent.config import Config
from advisor_agent.settings import SECRETS, ConfigError, refuse_open, settings_of

GOOD = {"ADVISOR_SERVER": "http://127.0.0.1:8000", "ADVISOR_TOKEN": "sah_abc"}


def test_flags_go_over_the_environment():
    settings = settings_of(["--interval", "2", "--listen=off"], {"ADVISOR_INTERVAL": "30", **GOOD})
    made = Config(settings)
    assert (made.interval, made.listen) == (2.0, None)


def test_the_environment_goes_over_the_settings_file(tmp_path):
    file = tmp_path / "agent.toml"
    file.write_text('server = "https://advisor.example.org"\ninterval = 30\nlisten = "off"\n')
    settings = settings_of(["--config", str(file)], {"ADVISOR_INTERVAL": "5", "ADVISOR_TOKEN": "sah_abc"})
    made = Config(settings)
    assert (str(made.server), made.interval, made.listen) == ("https://advisor.example.org:443", 5.0, None)


def test_an_empty_variable_does_not_hide_the_settings_file(tmp_path):
    file = tmp_path / "agent.toml"
    file.write_text("interval = 30\n")
    assert settings_of([], {"ADVISOR_CONFIG": str(file), "ADVISOR_INTERVAL": ""})["ADVISOR_INTERVAL"] == "30"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "There is no settings file"),
        (b"servr = 'x'", "sets servr, which does not exist; it may set server, token_file"),
        (b"token = 'sah_abc'", "sets token, which does not exist"),
        (b"server: x", "line 1: write it as key"),
        (b"server = '\xff'", "it is not UTF-8"),
    ],
)
def test_a_wrong_settings_file_is_one_sentence(tmp_path, content, sentence):
    file = tmp_path / "agent.toml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ConfigError, match=re.escape(sentence)):
        settings_of(["--config", str(file)], {})


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [(["--token", "x"], "There is no option --token"), (["--interval"], "--interval needs a value")],
)
def test_wrong_flags(arguments, sentence):
    with pytest.raises(ConfigError, match=sentence):
        settings_of(arguments, GOOD)


def test_a_file_with_a_secret_is_for_its_owner_only(tmp_path):
    file = tmp_path / "agent.toml"
    file.write_text("")
    file.chmod(0o600)
    refuse_open(str(file), {})
    file.chmod(0o640)
    with pytest.raises(ConfigError, match=re.escape(f"run: chmod 600 {file}")):
        refuse_open(str(file), {})
    refuse_open(str(file), {"CREDENTIALS_DIRECTORY": str(tmp_path)})


def test_windows_shows_no_modes_to_judge_a_secret_by(tmp_path, monkeypatch):
    file = tmp_path / "token"
    file.write_text("sah_abc")
    file.chmod(0o644)
    with pytest.raises(ConfigError):
        refuse_open(str(file), {})
    monkeypatch.setattr(sys, "platform", "win32")
    refuse_open(str(file), {})


@pytest.mark.parametrize("key", SECRETS)
def test_what_holds_passwords_is_no_flag_and_makes_its_file_a_secret(tmp_path, key):
    file = tmp_path / "agent.toml"
    file.write_text(f'{key} = ["redis://:p@a", "redis://:p@b"]\n')
    file.chmod(0o644)
    with pytest.raises(ConfigError, match="holds a secret and is open to other users"):
        settings_of(["--config", str(file)], {})
    file.chmod(0o600)
    assert settings_of(["--config", str(file)], {})[SECRETS[key][0]] == "redis://:p@a redis://:p@b"
    with pytest.raises(ConfigError, match="There is no option"):
        settings_of([f"--{key}", "redis://:p@a"], {})
