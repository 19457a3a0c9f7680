"""What a resource says of itself, read once into the words of the fleet."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from advisor.fleet.text import clean
from advisor.vocabulary import Role

AGENT = "advisor-agent"
PROBE = "advisor-probe"
"""How our own senders call themselves (`telemetry.sdk.name`)."""

DETAILS = (
    *("container.name", "container.image.name", "container.image.tags"),
    *("k8s.cluster.name", "k8s.namespace.name", "k8s.node.name", "k8s.pod.name", "k8s.pod.uid"),
    *("k8s.container.name", "k8s.deployment.name", "k8s.statefulset.name", "k8s.daemonset.name"),
    *("k8s.job.name", "k8s.cronjob.name"),
)
"""Attributes that are kept by their own names, to be shown: where a process runs."""

ATTRIBUTES = (
    "host.id",
    "host.name",
    "host.arch",
    "os.type",
    "os.description",
    "service.name",
    "service.namespace",
    "service.instance.id",
    "service.version",
    "deployment.environment.name",
    "deployment.environment",
    "process.pid",
    "process.vpid",
    "process.creation.time",
    "process.runtime.name",
    "process.runtime.version",
    "process.executable.name",
    "process.command",
    "advisor.service.name.source",
    "advisor.cluster.role",
    "advisor.cluster.worker.id",
    "telemetry.sdk.name",
    "telemetry.sdk.version",
    "process.command_line",
    "container.id",
    "advisor.container.sandbox.id",
    *DETAILS,
)
"""All resource attributes that the fleet looks at."""

SOURCES = ("configured", "pm2", "systemd", "package", "script")
"""Where an agent found a service's name, the weightiest first; an SDK's name is configured."""

UNNAMED = len(SOURCES)
"""The weight of a name that nobody gave: OpenTelemetry's `unknown_service`."""

SHORT = 12
"""Characters of a container's id that are kept: what Docker shows, and gives the container as its host name."""

_ID = re.compile(rf"[0-9a-f]{{{SHORT}}}|[0-9a-f]{{64}}|[0-9a-f]{{32}}-[0-9]+")
"""Ids of containers: Docker's short one, all others', and that of Fargate. Some SDKs take any group for a container."""

_HOST_NAME = re.compile(rf"(?=.*[a-f])[0-9a-f]{{{SHORT}}}")
"""Docker gives a container this host name, and makes no id that could be taken for a number."""

_LARGEST = 2**31 - 1
_DIGITS = 10


class Said(dict[str, Any]):
    """The attributes of a resource, never changed once they are read: they can be remembered by what they say.

    The same few resources come with every export. Looking at thirty attributes of each would cost more than the rest.
    """

    __slots__ = ("_hash",)
    _hash: int

    @classmethod
    def of(cls, resource: Mapping[str, Any]) -> Said:
        """What the fleet looks at of a resource; what has an odd type counts as not said."""
        if isinstance(resource, Said):
            return resource
        return cls({name: value for name in ATTRIBUTES if isinstance(value := resource.get(name), str | int)})

    def __hash__(self) -> int:  # type: ignore[override]  # a dictionary that changes has none
        try:
            return self._hash
        except AttributeError:
            self._hash = hash(frozenset(self.items()))
            return self._hash


def is_agent(resource: Mapping[str, Any]) -> bool:
    """Whether our agent tells of it, from outside."""
    return resource.get("telemetry.sdk.name") == AGENT


@dataclass(frozen=True, slots=True)
class Name:
    """A service's name; `rank` is the weight of its source, 0 weighs most."""

    environment: str
    namespace: str
    name: str
    rank: int


@dataclass(frozen=True, slots=True)
class Claim:
    """What a resource says; empty text, 0 or None where it says nothing.

    `key` is `service.instance.id`; `started` Unix seconds; `worker_id` counts the workers that a primary
    of Node.js's cluster module forked, from 1; `inside` the SDK's name where a process reports itself;
    `name` is None where the resource is a machine alone. `container` are the first characters of the
    container's id, `sandbox` those of the one that lends it a host name; `virtual_pid` is the process's number
    in it, where the sender stands outside. `details` are the attributes of `DETAILS` that it has.
    `command_line` is what an agent was asked to tell; SDKs tell it unasked, and it is not taken from them.
    """

    host_key: str
    host_name: str
    arch: str
    os: str
    agent_version: str
    name: Name | None
    key: str
    pid: int
    started: float | None
    role: str
    worker_id: int | None
    inside: str
    runtime: str
    runtime_version: str
    service_version: str
    script: str
    container: str = ""
    sandbox: str = ""
    virtual_pid: int = 0
    details: Mapping[str, str] = field(default_factory=dict)
    command_line: str = ""

    @property
    def is_contained(self) -> bool:
        """Whether it speaks from inside a container, where `host.id` and `host.name` are not the machine's."""
        return bool(self.inside and self.container)

    @classmethod
    def of(cls, resource: Mapping[str, Any]) -> Claim:
        """Read a resource's attributes; what has the wrong type counts as not said."""

        def text(attribute: str, limit: int = 255) -> str:
            value = resource.get(attribute)
            return clean(value, limit).strip() if isinstance(value, str) else ""

        sdk, pid = text("telemetry.sdk.name", 64), _positive(resource.get("process.pid"))
        is_process = bool(pid or text("service.name") or text("service.instance.id"))
        inside = (sdk or "opentelemetry") if is_process and sdk != AGENT else ""
        role = text("advisor.cluster.role")
        return cls(
            host_key=text("host.id"),
            host_name=text("host.name"),
            arch=text("host.arch", 32),
            os=text("os.description") or text("os.type"),
            agent_version=text("telemetry.sdk.version", 64) if sdk == AGENT else "",
            name=_name(text) if is_process else None,
            key=text("service.instance.id"),
            pid=pid,
            started=_started(text("process.creation.time")),
            role=role if role in set(Role) else "",
            worker_id=_positive(resource.get("advisor.cluster.worker.id")) or None,
            inside=inside,
            runtime=text("process.runtime.name", 32),
            runtime_version=text("process.runtime.version", 64),
            service_version=text("service.version"),
            script=text("process.command", 1024),
            container=_container(text, bool(inside)),
            sandbox=text("advisor.container.sandbox.id", SHORT),
            virtual_pid=_positive(resource.get("process.vpid")),
            details={name: said for name in DETAILS if (said := text(name))},
            command_line="" if inside else text("process.command_line", 1024),
        )


def _name(text: Any) -> Name:
    name, source = text("service.name"), text("advisor.service.name.source") or SOURCES[0]
    rank = SOURCES.index(source) if source in SOURCES else len(SOURCES) - 1
    if not name or name.startswith("unknown_service"):
        name, rank = name or f"unknown_service:{text('process.executable.name', 64) or 'node'}", UNNAMED
    environment = text("deployment.environment.name") or text("deployment.environment")
    return Name(environment, text("service.namespace"), name, rank)


def _container(text: Any, inside: bool) -> str:
    name = text("host.name")
    if _ID.fullmatch(text("container.id")):
        return str(text("container.id", SHORT))
    return name if inside and not text("host.id") and _HOST_NAME.fullmatch(name) else ""


def _positive(value: object) -> int:
    if isinstance(value, str) and value.isdecimal() and len(value) <= _DIGITS:
        value = int(value)
    return value if isinstance(value, int) and 0 < value <= _LARGEST else 0


def _started(text: str) -> float | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.timestamp() if moment.tzinfo else None
