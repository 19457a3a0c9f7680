"""Where settings come from: flags over environment variables over the settings file."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Mapping

from advisor_agent.places import settings_file
from advisor_agent.settings_file import SettingsFileError, read

DEFAULT_LISTEN = "127.0.0.1:4318"

FLAGS = {
    "--server": ("ADVISOR_SERVER", "URL of the Scaling Advisor, as http://127.0.0.1:8000"),
    "--token-file": ("ADVISOR_TOKEN_FILE", "file with the host token, readable by its owner only"),
    "--interval": ("ADVISOR_INTERVAL", "seconds between two exports (10)"),
    "--listen": ("ADVISOR_LISTEN", f"address for local probes and SDKs ({DEFAULT_LISTEN}), or off"),
    "--command-lines": ("ADVISOR_COMMAND_LINES", "on: send command lines of processes, without secrets (off)"),
    "--state-dir": ("ADVISOR_STATE_DIR", "where unsent data waits"),
    "--processes": ("ADVISOR_PROCESSES", "programs to report beside Node.js, as 'nginx haproxy'"),
    "--scrape": ("ADVISOR_SCRAPE", "pages of local services, as http://127.0.0.1:3000/metrics; several with spaces"),
    "--scrape-request-metric": ("ADVISOR_SCRAPE_REQUEST_METRIC", "their histogram of request durations"),
    "--pm2": ("ADVISOR_PM2", "on, or off to leave PM2 unasked (on)"),
    "--config": ("ADVISOR_CONFIG", "settings file, in TOML"),
}
"""Flag -> (environment variable, meaning). The token itself is no flag: other users can read those."""

ENROL_FLAGS = {
    **{flag: FLAGS[flag] for flag in ("--server", "--token-file", "--config")},
    "--key": ("ADVISOR_KEY", "enrolment key; better in the environment: other users can read flags"),
}
"""What `enroll` takes."""

INSTALL_FLAGS = {flag: FLAGS[flag] for flag in ("--token-file", "--config")}
"""What `install` takes, beside `--unprivileged`."""

SECRETS: dict[str, tuple[str, str]] = {
    "postgresql": ("ADVISOR_POSTGRESQL", "databases to ask, as postgresql://advisor:password@127.0.0.1/shop"),
    "redis": ("ADVISOR_REDIS", "Redis or Valkey to ask, as redis://:password@127.0.0.1:6379"),
}
"""Key of the settings file -> (environment variable, meaning). They hold passwords, so they are no flags."""

_IN_FILE = {
    **{flag[2:].replace("-", "_"): variable for flag, (variable, _) in FLAGS.items() if flag != "--config"},
    **{key: variable for key, (variable, _) in SECRETS.items()},
}
"""Key of the settings file -> environment variable."""


class ConfigError(Exception):
    """A setting that cannot be used; the text says which, and what to do."""


def settings_of(
    arguments: list[str], environ: Mapping[str, str], flags: Mapping[str, tuple[str, str]] = FLAGS
) -> dict[str, str]:
    """The settings file, the environment laid over it, and the flags over that.

    Both `--flag value` and `--flag=value` are understood.
    """
    given = _given(arguments, flags)
    path = given.get("ADVISOR_CONFIG") or environ.get("ADVISOR_CONFIG", "")
    # `enroll` writes the file that does not exist yet, and `install` says itself what is missing.
    file = path or settings_file(environ)
    settings = _from_file(file, is_wanted=bool(path) and flags is FLAGS)
    if any(variable in settings for variable, _ in SECRETS.values()):
        refuse_open(file, environ)
    settings.update((name, value) for name, value in environ.items() if value)
    return {**settings, **given}


def _given(arguments: list[str], flags: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    """Environment variable -> value of its flag."""
    given = {}
    rest = iter(arguments)
    for argument in rest:
        flag, equals, value = argument.partition("=")
        if flag not in flags:
            raise ConfigError(f"There is no option {flag}; use {', '.join(flags)}.")
        if not equals:
            value = next(rest, "")
        if not value:
            raise ConfigError(f"{flag} needs a value: {flags[flag][1]}.")
        given[flags[flag][0]] = value
    return given


def _from_file(path: str, is_wanted: bool) -> dict[str, str]:
    """Environment variable -> value. One that was not asked for may be missing."""
    try:
        with open(path, encoding="utf-8") as file:
            found = read(file.read(), path)
    except FileNotFoundError:
        if is_wanted:
            raise ConfigError(f"There is no settings file {path}.") from None
        return {}
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ConfigError(f"The settings file {path} cannot be read: {reason}.") from error
    except SettingsFileError as error:
        raise ConfigError(str(error)) from error
    unknown = next((key for key in found if key not in _IN_FILE), None)
    if unknown:
        raise ConfigError(f"{path} sets {unknown}, which does not exist; it may set {', '.join(_IN_FILE)}.")
    return {_IN_FILE[key]: value for key, value in found.items()}


def refuse_open(path: str, environ: Mapping[str, str]) -> None:
    """ConfigError where other users can read a file that holds secrets.

    systemd opens its credentials to the service alone by an access list, which looks like a group's right. Windows
    knows access lists only, which a file's mode does not show: nothing is checked there.
    """
    if sys.platform == "win32" or path.startswith(environ.get("CREDENTIALS_DIRECTORY") or "\0"):
        return
    if stat.S_IMODE(os.stat(path).st_mode) & 0o077:
        raise ConfigError(f"{path} holds a secret and is open to other users; run: chmod 600 {path}")
