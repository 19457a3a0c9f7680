"""What is to be started: read once from the environment, and handed to every process as environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from advisor.embedded.refusal import CannotStartError

PROJECT = Path(__file__).resolve().parent.parent.parent
DEMO_DIRECTORY = "demo"
DEMO_DEFAULTS = {
    "ADVISOR_TIME_SCALE": "5",
    "ADVISOR_EVALUATE_SECONDS": "10",
    "ADVISOR_INTERVAL": "2",
    "ADVISOR_PROBE_INTERVAL": "2",
    "ADVISOR_WEBHOOK_ALLOW": "127.0.0.0/8",
}
"""A faster clock, and webhooks to this machine; each can be set from outside."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One installation on this machine.

    `bind` and `port` are where the pages and the OTLP door answer; `listen` is the agent's receiver (host:port, or
    "off"); `home` holds all data.
    """

    home: Path
    bind: str
    port: int
    listen: str
    is_demo: bool
    public_url: str

    @property
    def own_url(self) -> str:
        """Where processes of this machine reach the web process."""
        host = "127.0.0.1" if self.bind in ("0.0.0.0", "::") else self.bind  # noqa: S104  (any address includes loopback)
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    @property
    def logs(self) -> Path:
        """One file for each process."""
        return self.home / "logs"

    @property
    def pids(self) -> Path:
        """One file for each process that was started: its pid and start time."""
        return self.home / "pids"

    @property
    def address_file(self) -> Path:
        """The public URL of what runs, for who makes a link from another terminal."""
        return self.home / "address"

    @property
    def token_file(self) -> Path:
        """The local agent's own host token."""
        return self.home / "agent" / "token"


def base_home(environment: Mapping[str, str]) -> Path:
    """`ADVISOR_HOME`, or `.advisor` in the project."""
    return Path(environment.get("ADVISOR_HOME") or PROJECT / ".advisor").expanduser().absolute()


def read(environment: Mapping[str, str], is_demo: bool) -> Plan:
    """The plan that the environment asks for. A demo keeps its data apart, in `demo` below the home.

    Raises `CannotStartError` for a port that is none.
    """
    home = base_home(environment)
    bind = environment.get("ADVISOR_BIND", "127.0.0.1")
    port = _port(environment.get("ADVISOR_PORT", "8000"))
    return Plan(
        home=home / DEMO_DIRECTORY if is_demo else home,
        bind=bind,
        port=port,
        listen=environment.get("ADVISOR_LISTEN", "127.0.0.1:4318"),
        is_demo=is_demo,
        public_url=environment.get("ADVISOR_PUBLIC_URL") or f"http://127.0.0.1:{port}",
    )


def export(plan: Plan, valkey_socket: Path) -> None:
    """Put the plan into this process's environment, which the children inherit. Settings read it when Django starts."""
    if plan.is_demo:
        os.environ.pop("ADVISOR_DATABASE_URL", None)  # a demo never mixes into real data
        for name, value in DEMO_DEFAULTS.items():
            os.environ.setdefault(name, value)
    os.environ["ADVISOR_HOME"] = str(plan.home)
    os.environ["ADVISOR_PUBLIC_URL"] = plan.public_url
    os.environ["ADVISOR_VALKEY_SOCKET"] = str(valkey_socket)
    os.environ.pop("ADVISOR_VALKEY_URL", None)  # the bundled one is meant
    os.environ["DJANGO_SETTINGS_MODULE"] = "advisor.settings"
    os.environ["PYTHONUNBUFFERED"] = "1"


def _port(text: str) -> int:
    if text.isdecimal() and 0 < int(text) < 65536:
        return int(text)
    raise CannotStartError(f"ADVISOR_PORT is {text!r}: give a number from 1 to 65535.")
