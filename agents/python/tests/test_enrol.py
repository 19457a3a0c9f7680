from __future__ import annotations

import json
import os
import stat

import pytest

from advisor_agent.config import Config
from advisor_agent.enrol import EnrolmentError, enrol
from advisor_agent.settings import ConfigError, settings_of

KEY = f"sae_k3x9q0c1v7bd_{'a' * 43}"
TOKEN = f"sah_m1z8p2r4t6wy_{'b' * 43}"


@pytest.fixture
def place(tmp_path):
    return tmp_path / "kept"


@pytest.fixture
def settings(sink, place):
    sink.body = json.dumps({"token": TOKEN}).encode()
    return {"ADVISOR_SERVER": f"{sink.url}/advisor", "ADVISOR_KEY": KEY, "ADVISOR_CONFIG": str(place / "agent.toml")}


def test_the_key_becomes_a_token_that_only_its_owner_can_read(sink, settings, place, machine):
    said = enrol(settings, "shop-1")
    assert (place / "token").read_text() == TOKEN
    assert stat.S_IMODE(os.stat(place / "token").st_mode) == 0o600
    assert sorted(path.name for path in place.iterdir()) == ["agent.toml", "token"]
    assert "advisor-agent run" in said
    assert KEY not in said + (place / "agent.toml").read_text()
    asked = sink.next()
    assert (asked.path, asked.headers["authorization"]) == ("/advisor/api/v1/enroll", f"Bearer {KEY}")
    assert json.loads(asked.body) == {"host_name": "shop-1"}


def test_what_was_written_is_all_that_a_run_needs(sink, settings, machine):
    enrol(settings, "shop-1")
    config = Config(settings_of(["--config", settings["ADVISOR_CONFIG"]], {}))
    assert (config.token, f"{config.server}{config.server.prefix}") == (TOKEN, f"{sink.url}/advisor")


def test_settings_that_somebody_typed_in_stay_and_an_old_token_is_replaced(settings, place, machine):
    place.mkdir()
    (place / "agent.toml").write_text("interval = 5 # mine\n")
    (place / "token").write_text("sah_old")
    assert "is as it was" in enrol(settings, "shop-1")
    assert (place / "agent.toml").read_text() == "interval = 5 # mine\n"
    assert (place / "token").read_text() == TOKEN


@pytest.mark.parametrize(
    ("status", "body", "sentence"),
    [
        (401, b'{"error": "This key has enrolled all of its 2 hosts. Make a new one."}', "all of its 2 hosts"),
        (404, b"<html>no</html>", "status 404"),
        (200, b"{}", "gave no token"),
        (200, b"[1]", "gave no token"),
    ],
)
def test_without_a_token_the_old_one_stays_and_nothing_else_is_left(
    sink, settings, place, machine, status, body, sentence
):
    place.mkdir()
    (place / "token").write_text("sah_old")
    sink.status, sink.body = status, body
    with pytest.raises(EnrolmentError, match=sentence):
        enrol(settings, "shop-1")
    assert [(path.name, path.read_text()) for path in place.iterdir()] == [("token", "sah_old")]


def test_a_server_that_is_away_is_said(settings, machine):
    with pytest.raises(EnrolmentError, match="cannot be reached"):
        enrol({**settings, "ADVISOR_SERVER": "http://127.0.0.1:1"}, "shop-1")


@pytest.mark.parametrize("key", ["", "sah_token", "sae_ with a space", "sae_\u00e9"])
def test_what_is_no_key_is_not_sent(sink, settings, machine, key):
    with pytest.raises(ConfigError, match="begins with sae_"):
        enrol({**settings, "ADVISOR_KEY": key}, "shop-1")
    assert sink.received.empty()


def test_where_the_token_cannot_be_kept_the_key_is_not_used(sink, settings, tmp_path, machine):
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="cannot be kept"):
        enrol({**settings, "ADVISOR_TOKEN_FILE": str(tmp_path / "file" / "token")}, "shop-1")
    assert sink.received.empty()
