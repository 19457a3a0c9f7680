"""Resources of one process as its three senders describe it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import models, transaction

from advisor.fleet import registry
from advisor.fleet.models import Token
from advisor.fleet.registry import Identity

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
STARTED = NOW - timedelta(hours=1)

HOST = {"host.id": "m1", "host.name": "web-1", "host.arch": "amd64", "os.description": "Debian 12"}
PROCESS = {**HOST, "process.pid": 42, "process.creation.time": STARTED.isoformat()}
AGENT = {"telemetry.sdk.name": "advisor-agent", "telemetry.sdk.version": "0.1.0"}
BY_AGENT = {**PROCESS, **AGENT, "service.name": "server.js", "advisor.service.name.source": "script"}
BY_PROBE = {
    **PROCESS,
    "process.creation.time": (STARTED + timedelta(seconds=3)).isoformat(),
    "service.name": "checkout",
    "service.instance.id": "0a1b",
    "telemetry.sdk.name": "advisor-probe",
    "process.runtime.version": "20.20.2",
}
BY_SDK = {
    "host.name": "web-1",
    "process.pid": 42,
    "service.name": "checkout",
    "service.instance.id": "5d7c",
    "telemetry.sdk.name": "opentelemetry",
}

CONTAINER = "3f2a9c0b1d2e" + "4d" * 26
CONTAINED = {**BY_AGENT, "process.pid": 4001, "process.vpid": 1, "container.id": CONTAINER}
"""A process in a container as the agent on its machine sees it; below, as it sees itself."""

SDK_INSIDE = {**BY_SDK, "host.name": "shop-7d9f", "process.pid": 1, "container.id": CONTAINER}
PROBE_INSIDE = {
    **{key: value for key, value in BY_PROBE.items() if key != "host.id"},
    "host.name": CONTAINER[:12],
    "process.pid": 1,
}


def resolve(
    resource: dict[str, Any],
    token: Token,
    now: datetime = NOW,
    listening: int | None = None,
    heard_at: datetime | None = None,
) -> Identity:
    """`registry.resolve` in a transaction of its own, and what is done after it."""
    with transaction.atomic():
        identity = registry.resolve(resource, token, now, listening, heard_at)
    registry.flush(now)
    return identity


def only(table: type[models.Model], **where: Any) -> Any:
    """The one row of a table that there is, or that these fields name."""
    return table._default_manager.get(**where)
