"""Resource attributes: who the host is and who a process is."""

from __future__ import annotations

import time
from collections.abc import Iterator

from advisor_agent import VERSION
from advisor_agent.kernel import Kernel
from advisor_agent.process import Process
from advisor_agent.resource import Resource, Value

_ARCHITECTURES = {
    "x86_64": "amd64",
    "AMD64": "amd64",
    "ARM64": "arm64",
    "aarch64": "arm64",
    "armv7l": "arm32",
    "armv6l": "arm32",
    "i686": "x86",
    "ppc64le": "ppc64",
}
"""`uname -m`, or what Windows says -> `host.arch` of the OpenTelemetry conventions."""

SDK = {"telemetry.sdk.name": "advisor-agent", "telemetry.sdk.version": VERSION}


class Host:
    """This machine. Read once: neither its id nor its name is expected to change under the agent."""

    def __init__(self, name: str, machine_id: str, architecture: str, os_type: str, os_description: str) -> None:
        self.name = name or "unnamed"
        self.id = machine_id or self.name
        self.resource = Resource(
            {
                "host.id": self.id,
                "host.name": self.name,
                "host.arch": _ARCHITECTURES.get(architecture, architecture),
                "os.type": os_type,
                "os.description": os_description,
                **SDK,
            }
        )


def linux_host(kernel: Kernel) -> Host:
    """Its id is that of systemd or D-Bus, as the OpenTelemetry conventions want it of machines in no cloud."""
    machine_id = _first(kernel, "etc/machine-id", "var/lib/dbus/machine-id")
    name = _first(kernel, "proc/sys/kernel/hostname")
    return Host(name, machine_id, kernel.architecture(), "linux", _os_description(kernel))


def process_resource(host: Host, process: Process) -> Resource:
    """What a process is known by, put together anew where something of it changed."""
    changing = (process.name, process.role, process.parent)
    if process.known_as is None or process.known_as[0] != changing:
        process.known_as = (changing, _resource_of(host, process))
    return process.known_as[1]


def _resource_of(host: Host, process: Process) -> Resource:
    """Of its command line the script's path, and all of it only if wanted; of its environment only claims."""
    created = round(process.created)
    resource: dict[str, Value] = {
        "service.name": process.name.text,
        "service.instance.id": f"{host.id}-{process.pid}-{created}",
        "service.version": process.name.version,
        **{key: value for key, value in process.claims.resource.items() if key != "service.name"},
        **process.container.attributes(),
        "host.id": host.id,
        "host.name": host.name,
        "process.pid": process.pid,
        "process.parent_pid": process.parent,
        "process.creation.time": iso_time(process.created),
        "process.runtime.name": process.command.runtime,
        "process.runtime.version": process.version,
        "process.executable.name": process.executable,
        "process.command": process.command.shown,
        "process.command_line": process.command.line,
        "advisor.service.name.source": process.name.source,
        "advisor.cluster.role": process.role,
        **SDK,
    }
    return Resource({key: value for key, value in resource.items() if value != ""})


def iso_time(unix_seconds: float) -> str:
    """ISO 8601 in UTC with milliseconds."""
    seconds, milliseconds = divmod(round(unix_seconds * 1000), 1000)
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + f".{milliseconds:03d}Z"


def _first(kernel: Kernel, *paths: str) -> str:
    return next(_texts(kernel, paths), "")


def _texts(kernel: Kernel, paths: tuple[str, ...]) -> Iterator[str]:
    for path in paths:
        try:
            text = kernel.read(path).strip()
        except OSError:
            continue
        if text:
            yield text


def _os_description(kernel: Kernel) -> str:
    for line in _first(kernel, "etc/os-release", "usr/lib/os-release").splitlines():
        if line.startswith("PRETTY_NAME="):
            return line.partition("=")[2].strip("\"'")
    return "Linux"
