"""Where files lie if nothing else is said: for the machine where root runs the agent, else for its user."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

_NAME = "advisor-agent"
_FILE = "agent.toml"


def settings_file(environ: Mapping[str, str]) -> str:
    """The settings file; the token of `enroll` lies beside it."""
    if sys.platform == "win32":
        return f"{_program_data(environ)}\\{_FILE}"
    if sys.platform == "darwin":
        return f"{_application_support(environ)}/{_FILE}"
    if os.geteuid() == 0:
        return f"/etc/{_NAME}/{_FILE}"
    folder = environ.get("XDG_CONFIG_HOME") or os.path.join(_home(environ), ".config")
    return os.path.join(folder, _NAME, _FILE)


def state_folder(environ: Mapping[str, str]) -> str:
    """The folder where unsent data waits."""
    if sys.platform == "win32":
        return f"{_program_data(environ)}\\state"
    if sys.platform == "darwin":
        return f"{_application_support(environ)}/state"
    if os.geteuid() == 0:
        return f"/var/lib/{_NAME}"
    return os.path.join(environ.get("XDG_STATE_HOME") or os.path.join(_home(environ), ".local/state"), _NAME)


def _program_data(environ: Mapping[str, str]) -> str:
    """On Windows for every user the same: a service has no home of its own."""
    return f"{environ.get('PROGRAMDATA') or 'C:' + chr(92) + 'ProgramData'}\\{_NAME}"


def _application_support(environ: Mapping[str, str]) -> str:
    home = "" if os.geteuid() == 0 else _home(environ)
    return f"{home}/Library/Application Support/{_NAME}"


def _home(environ: Mapping[str, str]) -> str:
    return environ.get("HOME") or "/nonexistent"
