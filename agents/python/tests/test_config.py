from __future__ import annotations

import pytest

from advisor_agent.config import Config
from advisor_agent.settings import ConfigError

GOOD = {"ADVISOR_SERVER": "http://127.0.0.1:8000", "ADVISOR_TOKEN": "sah_abc"}


def config(**changes):
    return Config({**GOOD, **changes})


@pytest.mark.parametrize(("text", "is_on"), [("on", True), ("true", True), ("off", False), ("", False)])
def test_command_lines_are_off_unless_they_are_asked_for(text, is_on):
    assert Config({**GOOD, "ADVISOR_COMMAND_LINES": text}).command_lines is is_on


def test_a_switch_is_on_or_off():
    with pytest.raises(ConfigError, match="command lines must be on or off, not maybe"):
        Config({**GOOD, "ADVISOR_COMMAND_LINES": "maybe"})


def test_defaults():
    made = config()
    assert (str(made.server), made.server.prefix, made.token) == ("http://127.0.0.1:8000", "", "sah_abc")
    assert (made.interval, str(made.listen)) == (10.0, "127.0.0.1:4318")


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


def test_programs_to_look_for():
    assert config().programs == frozenset()
    assert config(ADVISOR_PROCESSES="nginx  haproxy").programs == {"nginx", "haproxy"}


def test_a_program_is_named_without_its_folder():
    with pytest.raises(ConfigError, match="The process /usr/sbin/nginx must be the name of a program file"):
        config(ADVISOR_PROCESSES="/usr/sbin/nginx")


def test_datastores_to_ask():
    made = config(ADVISOR_POSTGRESQL="postgresql://a:p@db/shop  postgres://b@db", ADVISOR_REDIS="redis://:p@db")
    assert made.postgresql == ["postgresql://a:p@db/shop", "postgres://b@db"]
    assert made.redis == ["redis://:p@db"]
    assert (config().postgresql, config().redis) == ([], [])


@pytest.mark.parametrize(
    ("variable", "urls"),
    [
        ("ADVISOR_POSTGRESQL", "postgresql://a@db/shop postgresql://:hunter2@db"),
        ("ADVISOR_REDIS", "redis://db redis://:hun/ter2@db"),
        ("ADVISOR_REDIS", "redis://db redis://:hunter2@db:port"),
        ("ADVISOR_REDIS", "redis://db postgresql://:hunter2@db/shop"),
    ],
)
def test_a_wrong_datastore_is_named_by_its_number_and_nothing_of_it_is_repeated(variable, urls):
    with pytest.raises(ConfigError, match=f"Entry 2 of {variable} cannot be read: ") as refused:
        config(**{variable: urls})
    assert "hun" not in str(refused.value)
    assert refused.value.__suppress_context__


def test_pages_to_scrape_each_once():
    made = config(ADVISOR_SCRAPE="http://127.0.0.1:3000/metrics http://[::1]:4000/m  http://127.0.0.1:3000/metrics")
    assert [page.page for page in made.scrape] == ["http://127.0.0.1:3000/metrics", "http://[::1]:4000/m"]
    assert config().scrape == []


def test_more_pages_than_anybody_has_are_a_mistake():
    with pytest.raises(ConfigError, match="65 pages to scrape are more than 64"):
        config(ADVISOR_SCRAPE=" ".join(f"http://127.0.0.1:{3000 + number}/metrics" for number in range(65)))


def test_the_unit_of_a_request_metric_is_in_its_name():
    made = config(ADVISOR_SCRAPE_REQUEST_METRIC="my:http_seconds other_ms third_milliseconds")
    assert made.request_metrics == {"my:http_seconds": 1.0, "other_ms": 0.001, "third_milliseconds": 0.001}


@pytest.mark.parametrize("name", ["http_duration", "http-duration_ms", "\u00e4_ms", "1_ms"])
def test_a_request_metric_without_a_unit_is_refused(name):
    with pytest.raises(ConfigError, match="must be a name that ends with _seconds or _ms or _milliseconds"):
        config(ADVISOR_SCRAPE_REQUEST_METRIC=name)
