"""`advisor-agent install`: a systemd unit that runs the agent as a user of its own, and as nobody else.

systemd reads the token and the settings file as root and hands them over as credentials, so that both may stay closed
to everybody else.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence

from advisor_agent.system import HIDDEN

UNIT = "advisor-agent.service"
_ARCHIVE = "/usr/local/lib/advisor-agent/advisor-agent.pyz"
_CLOSED = ("/root/", "/home/")
"""Where a user that systemd makes up may read nothing, or not for sure."""

SEES_ALL = "CAP_SYS_PTRACE CAP_DAC_READ_SEARCH"
"""To read what other users' processes hold open, and what their environment calls their service. It writes nothing."""

_TEXT = """\
# Written by `advisor-agent install`. Lay changes into {unit}.d/override.conf (`systemctl edit advisor-agent`).
[Unit]
Description=Scaling Advisor agent
Wants=network-online.target
After=network-online.target

[Service]
ExecStart={command} run --config %d/agent.toml
LoadCredential=agent.toml:{config}
LoadCredential=token:{token}
Environment=ADVISOR_TOKEN_FILE=%d/token ADVISOR_STATE_DIR=%S/advisor-agent
DynamicUser=yes
StateDirectory=advisor-agent
StateDirectoryMode=0700
AmbientCapabilities={capabilities}
CapabilityBoundingSet={capabilities}
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=read-only
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectControlGroups=yes
ProtectClock=yes
ProtectHostname=yes
PrivateTmp=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
UMask=0077
MemoryMax=96M
CPUQuota=10%
Restart=always
RestartSec=5

[Install]
WantedBy=multi-user.target
"""

_SHOWN = f"`advisor-agent install` without --unprivileged grants {SEES_ALL}, which shows them."

_BY_HAND = (
    "There is no systemd here: let launchd (macOS) or the Task Scheduler (Windows) start `advisor-agent run`"
    " with the machine, and again when it ends."
)

Run = Callable[[Sequence[str]], int]


class InstallError(Exception):
    """The service does not run; the text says why and what to do."""


def unit(command: str, config: str, token: str, is_privileged: bool) -> str:
    """The text of the unit. An empty set of capabilities takes all of them away."""
    capabilities = SEES_ALL if is_privileged else ""
    return _TEXT.format(unit=UNIT, command=command, config=config, token=token, capabilities=capabilities)


def install(
    config: str, token: str, is_privileged: bool, folder: str = "/etc/systemd/system", run: Run | None = None
) -> str:
    """Write the unit and start it; what was done, in words. InstallError where that does not work."""
    if not sys.platform.startswith("linux"):
        raise InstallError(_BY_HAND)
    for path, what in ((config, "settings file"), (token, "token")):
        if not os.path.isfile(path):
            raise InstallError(f"There is no {what} {path}. Run `advisor-agent enroll` first.")
    target = os.path.join(folder, UNIT)
    try:
        _write(target, unit(_command(), os.path.abspath(config), os.path.abspath(token), is_privileged))
    except OSError as error:
        raise InstallError(f"{target} cannot be written: {error.strerror}. Run this as root, under systemd.") from error
    for words in (
        ["systemctl", "daemon-reload"],
        ["systemctl", "enable", "--now", UNIT],
        ["systemctl", "restart", UNIT],
    ):
        if (run or subprocess.call)(words):
            raise InstallError(f"`{' '.join(words)}` failed. The unit is in {target}; try it by hand.")
    told = f"The agent runs as {UNIT}, and starts with the machine. Its log: journalctl -u advisor-agent"
    return told if is_privileged else f"{told}\n{HIDDEN} {_SHOWN}"


def _write(target: str, text: str) -> None:
    if os.path.exists(target):
        shutil.copyfile(target, f"{target}.old")  # somebody may have changed it by hand
    with open(target, "w", encoding="utf-8") as file:
        file.write(text)


def _command() -> str:
    """How this very agent is started again, by a user who may not enter anybody's home."""
    program = os.path.realpath(sys.argv[0])
    python = os.path.realpath(sys.executable)
    if program.endswith(".pyz"):
        os.makedirs(os.path.dirname(_ARCHIVE), exist_ok=True)
        if program != _ARCHIVE:
            shutil.copyfile(program, _ARCHIVE)
        words = [python, "-S", _ARCHIVE]  # it needs nothing of the site, whose packages may cost megabytes
    elif program.endswith("__main__.py"):
        words = [python, "-m", "advisor_agent"]
    else:
        words = [program]
    for path in (python, *words):
        if path.startswith(_CLOSED):
            raise InstallError(f"A service may not read {path}. Run this with the python3 of the system.")
    return " ".join(words)
