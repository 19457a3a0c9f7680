from __future__ import annotations

import os
import re

import pytest

from advisor_agent.config import Config, ConfigError, default_file, parse_server, settings_of

GOOD = {"ADVISOR_SERVER": "http://127.0.0.1:8000", "ADVISOR_TOKEN": "sah_abc"}


def config(**changes):
    return Config({**GOOD, **changes})


def test_defaults():
    made = config()
    assert (str(made.server), made.server.prefix, made.token) == ("http://127.0.0.1:8000", "", "sah_abc")
    assert (made.interval, str(made.listen)) == (10.0, "127.0.0.1:4318")


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


def test_a_settings_file_lies_where_its_user_would_look(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert default_file({"HOME": "/home/ada"}) == "/home/ada/.config/advisor-agent/agent.toml"
    assert default_file({"XDG_CONFIG_HOME": "/cfg", "HOME": "/home/ada"}) == "/cfg/advisor-agent/agent.toml"
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert default_file({"HOME": "/root"}) == "/etc/advisor-agent/agent.toml"


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
    ("url", "place", "prefix"),
    [
        ("https://advisor.example.org", "https://advisor.example.org:443", ""),
        ("http://host:80/advisor/", "http://host:80", "/advisor"),
        ("http://host/v1/metrics", "http://host:80", ""),
        ("http://host/advisor/v1/metrics/", "http://host:80", "/advisor"),
        ("http://[::1]:9000", "http://[::1]:9000", ""),
    ],
)
def test_servers(url, place, prefix):
    server = parse_server(url)
    assert (str(server), server.path("metrics"), server.path("logs")) == (
        place,
        f"{prefix}/v1/metrics",
        f"{prefix}/v1/logs",
    )


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"ADVISOR_SERVER": ""}, "No server is set"),
        ({"ADVISOR_SERVER": "127.0.0.1:8000"}, "must start with http://"),
        ({"ADVISOR_SERVER": "http://user:pass@host"}, "without user or password"),
        ({"ADVISOR_SERVER": "http://host:99999"}, "port of 0 to 65535"),
        ({"ADVISOR_SERVER": "http://host:x"}, "port of 0 to 65535"),
        ({"ADVISOR_SERVER": "http://127.0.0.1:"}, "port of 0 to 65535"),
        ({"ADVISOR_SERVER": "http://[::1]8000"}, "port of 0 to 65535"),
        ({"ADVISOR_SERVER": "http://::1:8000"}, "port of 0 to 65535"),
        ({"ADVISOR_SERVER": "http://host/a b"}, "without spaces"),
        ({"ADVISOR_TOKEN": ""}, "No token is set"),
        ({"ADVISOR_TOKEN": "sah_a\r\nX: y"}, "characters that no token has"),
        ({"ADVISOR_INTERVAL": "0.1"}, "must be 1 to 300 seconds"),
        ({"ADVISOR_INTERVAL": "nan"}, "must be 1 to 300 seconds"),
        ({"ADVISOR_INTERVAL": "soon"}, "must be 1 to 300 seconds"),
        ({"ADVISOR_LISTEN": "0.0.0.0:4318"}, "may only listen on loopback"),
        ({"ADVISOR_LISTEN": "127.evil.example:4318"}, "may only listen on loopback"),
        ({"ADVISOR_TOKEN_FILE": "/nonexistent/token"}, "cannot be read: No such file"),
    ],
)
def test_a_wrong_setting_is_one_sentence(changes, sentence):
    with pytest.raises(ConfigError) as caught:
        config(**changes)
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value).replace("\r\n", "")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [(["--token", "x"], "There is no option --token"), (["--interval"], "--interval needs a value")],
)
def test_wrong_flags(arguments, sentence):
    with pytest.raises(ConfigError, match=sentence):
        settings_of(arguments, GOOD)


def test_a_token_file_for_its_owner_only(tmp_path):
    file = tmp_path / "token"
    file.write_text("sah_file\n")
    file.chmod(0o600)
    assert config(ADVISOR_TOKEN_FILE=str(file)).token == "sah_file"
    file.chmod(0o640)
    with pytest.raises(ConfigError, match="chmod 600"):
        config(ADVISOR_TOKEN_FILE=str(file))


def test_a_credential_of_systemd_is_let_be(tmp_path):
    file = tmp_path / "token"
    file.write_text("sah_credential")
    file.chmod(0o440)
    found = config(ADVISOR_TOKEN_FILE=str(file), CREDENTIALS_DIRECTORY=str(tmp_path))
    assert found.token == "sah_credential"


def test_the_state_directory_of_a_common_user(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert config(HOME="/home/ann").state_dir == "/home/ann/.local/state/advisor-agent"
    assert config(XDG_STATE_HOME="/state").state_dir == "/state/advisor-agent"
