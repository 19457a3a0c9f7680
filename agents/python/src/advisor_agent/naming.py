"""The name of the service that a process belongs to, and how we came to it."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from types import ModuleType

from advisor_agent.claims import Claims, clean
from advisor_agent.command import Command
from advisor_agent.executable import NODE

CONFIGURED, PM2, SYSTEMD, PACKAGE, SCRIPT = "configured", "pm2", "systemd", "package", "script"
"""Sources of a name, the weightiest first; sent as `advisor.service.name.source`."""

_HOSTS_OF_OTHERS = frozenset(
    (
        *("init", "docker", "containerd", "crio", "podman", "kubelet", "ssh", "sshd", "cron", "crond", "atd"),
        *("supervisor", "supervisord", "runit", "actions-runner", "gitlab-runner", "jenkins"),
        *("gnome-terminal-server", "code-server", "emacs", "tmux", "screen"),
    )
)
"""Units that run other people's programs: their name says nothing of the service."""

_ESCAPED = re.compile(r"\\x([0-9a-f]{2})")


ReadFile = Callable[[str], str]
"""Text of a file by its whole path; OSError where it cannot be had, or is too long to be a package.json."""


class Name:
    """A service's name, its source, and the version where package.json gives one."""

    __slots__ = ("source", "text", "version")

    def __init__(self, text: str, source: str, version: str = "") -> None:
        self.text = text
        self.source = source
        self.version = version


def name_of(
    read: ReadFile,
    claims: Claims,
    command: Command,
    cgroup: str,
    working_directory: str,
    paths: ModuleType = os.path,
) -> Name:
    """The name by the weightiest source there is. A launcher (npm) is not named after what it starts.

    Where nothing else tells, it is named after the runtime.
    """
    if not command.is_launcher:
        if "service.name" in claims.resource:
            return Name(claims.resource["service.name"], CONFIGURED)
        if claims.pm2_name:
            return Name(claims.pm2_name, PM2)
        unit = systemd_service(cgroup)
        if unit:
            return Name(unit, SYSTEMD)
        package = nearest_package(read, command.script, working_directory, paths)
        if package:
            return package
    stem = paths.splitext(paths.basename(command.script))[0]
    runtime = command.runtime if command.runtime != NODE else "npm" if command.is_launcher else "node"
    return Name(clean(stem) or runtime, SCRIPT)


def systemd_service(cgroup: str) -> str:
    """The service unit in /proc/PID/cgroup, unescaped, without `.service` and the instance of a template.

    `shop@3000.service` and `shop@3001.service` are two instances of the service `shop`.
    """
    for line in cgroup.splitlines():
        number, controllers, path = [*line.split(":", 2), "", ""][:3]
        if number != "0" and controllers != "name=systemd":
            continue
        units = [part[: -len(".service")] for part in path.split("/") if part.endswith(".service")]
        if units:
            unit = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), units[-1]).partition("@")[0]
            if unit != "user" and unit not in _HOSTS_OF_OTHERS:
                return clean(unit)
    return ""


def nearest_package(read: ReadFile, script: str, working_directory: str, paths: ModuleType = os.path) -> Name | None:
    """The first package.json, or deno.json, with a name, from the script upwards.

    A script inside `node_modules` is a tool (`next start`); what it serves lies in the working directory.
    """
    directory = paths.dirname(script)
    if not script or f"{paths.sep}node_modules{paths.sep}" in script:
        directory = working_directory
    while paths.isabs(directory):
        for file in ("package.json", "deno.json"):
            package = _package(read, paths.join(directory, file))
            if package:
                return package
        above = paths.dirname(directory)
        directory = above if above != directory else ""
    return None


def _package(read: ReadFile, path: str) -> Name | None:
    try:
        content = json.loads(read(path))
    except (OSError, ValueError, RecursionError):
        return None  # absent, unreadable or no JSON: look further up
    name = content.get("name") if isinstance(content, dict) else None
    if not isinstance(name, str) or not clean(name):
        return None
    version = content.get("version")
    return Name(clean(name), PACKAGE, clean(version) if isinstance(version, str) else "")
