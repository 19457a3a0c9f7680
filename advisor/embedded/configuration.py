"""The configuration file of supervisord (PyPI `supervisor`), written at each start."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterable, Mapping
from itertools import groupby
from pathlib import Path

from advisor.embedded.children import BACKBONE, Child
from advisor.embedded.plan import PROJECT, Plan

START_RETRIES = 100
"""Each failed start waits one second longer than the last; 100 of them are 84 minutes."""

LOG_BYTES = "5MB"
LOG_BACKUPS = 2


def write(plan: Plan, children: list[Child]) -> Path:
    """Write the file and answer where it is."""
    ordered = sorted(children, key=lambda child: child.group != BACKBONE)
    groups = [(name, list(members)) for name, members in groupby(ordered, key=lambda child: child.group)]
    sections = [_supervisord(plan), *(_program(plan, child) for child in ordered)]
    sections += [_group(priority, name, members) for priority, (name, members) in enumerate(groups, start=1)]
    path = plan.home / "supervisord.conf"
    path.write_text("\n".join(sections))
    return path


def leash(plan: Plan, name: str, command: Iterable[str]) -> tuple[str, ...]:
    """The command that starts a process which cannot be lost."""
    return (sys.executable, "-m", "advisor.embedded.leash", str(plan.pids / f"{name}.pid"), *command)


def _supervisord(plan: Plan) -> str:
    return _section(
        "supervisord",
        nodaemon="true",
        directory=str(PROJECT),
        logfile=str(plan.logs / "supervisord.log"),
        logfile_maxbytes=LOG_BYTES,
        logfile_backups=LOG_BACKUPS,
        pidfile=str(plan.pids / "supervisord.number"),
        umask="077",
    )


def _program(plan: Plan, child: Child) -> str:
    return _section(
        f"program:{child.name}",
        command=shlex.join(leash(plan, child.name, child.command)),
        environment=_environment(child.environment),
        autorestart="true",
        startsecs=10,  # an end before that is a failed start, and waits longer each time
        startretries=START_RETRIES,
        stopsignal="TERM",
        stopwaitsecs=child.stop_seconds,
        redirect_stderr="true",
        stdout_logfile=str(plan.logs / f"{child.name}.log").replace("%", "%%"),  # expanded twice by supervisord 4.3
        stdout_logfile_maxbytes=LOG_BYTES,
        stdout_logfile_backups=LOG_BACKUPS,
    )


def _group(priority: int, name: str, members: list[Child]) -> str:
    """All of a group stop at once; groups stop one after the other, the last to start first."""
    return _section(f"group:{name}", programs=",".join(child.name for child in members), priority=priority)


def _environment(values: Mapping[str, str]) -> str:
    return ",".join(f'{name}="{value}"' for name, value in values.items())


def _section(heading: str, **options: object) -> str:
    """`%` starts an expansion in supervisord's files and is therefore doubled."""
    lines = (f"{name}={str(value).replace('%', '%%')}" for name, value in options.items() if value != "")
    return "\n".join((f"[{heading}]", *lines, ""))
