"""Settings: flags over environment variables over the settings file over defaults. A wrong one is one sentence."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping

from advisor_agent.settings_file import SettingsFileError, read
from advisor_agent.signals import METRICS, path_of

DEFAULT_LISTEN = "127.0.0.1:4318"
_LOOPBACK = ("localhost", "::1")
_LOOPBACK_NETWORK = re.compile(r"127(\.\d{1,3}){3}")

FLAGS = {
    "--server": ("ADVISOR_SERVER", "URL of the Scaling Advisor, as http://127.0.0.1:8000"),
    "--token-file": ("ADVISOR_TOKEN_FILE", "file with the host token, readable by its owner only"),
    "--interval": ("ADVISOR_INTERVAL", "seconds between two exports (10)"),
    "--listen": ("ADVISOR_LISTEN", f"address for local probes and SDKs ({DEFAULT_LISTEN}), or off"),
    "--state-dir": ("ADVISOR_STATE_DIR", "where unsent data waits"),
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

_IN_FILE = {flag[2:].replace("-", "_"): variable for flag, (variable, _) in FLAGS.items() if flag != "--config"}
"""Key of the settings file -> environment variable."""


class ConfigError(Exception):
    """A setting that cannot be used; the text says which, and what to do."""


class Address:
    """A host and port; `is_loopback` where nobody but this machine can be on the other side."""

    __slots__ = ("host", "port")

    def __init__(self, host: str, port: int) -> None:
        self.host = host
        self.port = port

    @property
    def is_loopback(self) -> bool:
        """True for 127.0.0.0/8, ::1 and localhost."""
        return self.host in _LOOPBACK or _LOOPBACK_NETWORK.fullmatch(self.host) is not None

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class Server:
    """Where batches go. `prefix` is the path before OTLP's own, empty for none."""

    __slots__ = ("address", "is_tls", "prefix")

    def __init__(self, address: Address, is_tls: bool, prefix: str) -> None:
        self.address = address
        self.is_tls = is_tls
        self.prefix = prefix

    def path(self, signal: str) -> str:
        """Where batches of this signal are posted."""
        return self.prefix + path_of(signal)

    def __str__(self) -> str:
        return f"{'https' if self.is_tls else 'http'}://{self.address}"


class Config:
    """Everything that a run needs. `interval` is in seconds; `listen` is None for no receiver."""

    def __init__(self, settings: Mapping[str, str]) -> None:
        self.server = parse_server(settings.get("ADVISOR_SERVER", ""))
        self.token = _token(settings)
        self.interval = _interval(settings.get("ADVISOR_INTERVAL") or "10")
        self.listen = _listen(settings.get("ADVISOR_LISTEN") or DEFAULT_LISTEN)
        self.state_dir = settings.get("ADVISOR_STATE_DIR") or _default_state_dir(settings)


def settings_of(
    arguments: list[str], environ: Mapping[str, str], flags: Mapping[str, tuple[str, str]] = FLAGS
) -> dict[str, str]:
    """The settings file, the environment laid over it, and the flags over that.

    Both `--flag value` and `--flag=value` are understood.
    """
    given = _given(arguments, flags)
    path = given.get("ADVISOR_CONFIG") or environ.get("ADVISOR_CONFIG", "")
    # `enroll` writes the file that does not exist yet, and `install` says itself what is missing.
    settings = _from_file(path or default_file(environ), is_wanted=bool(path) and flags is FLAGS)
    settings.update((name, value) for name, value in environ.items() if value)
    return {**settings, **given}


def default_file(environ: Mapping[str, str]) -> str:
    """Where the settings file lies if nothing else is said: for root and for services below /etc."""
    if os.geteuid() == 0:
        return "/etc/advisor-agent/agent.toml"
    home = environ.get("HOME") or "/nonexistent"
    return os.path.join(environ.get("XDG_CONFIG_HOME") or os.path.join(home, ".config"), "advisor-agent/agent.toml")


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


def parse_server(url: str) -> Server:
    """Read the server's URL; a path before /v1/metrics is kept."""
    if not url:
        raise ConfigError("No server is set: give --server URL or ADVISOR_SERVER.")
    scheme, separator, rest = url.partition("://")
    if not separator or scheme not in ("http", "https"):
        raise ConfigError(f"The server {url} must start with http:// or https://.")
    place, _, path = rest.partition("/")
    if "@" in place or not place:
        raise ConfigError("The server must be a host and port, without user or password.")
    prefix = f"/{path.strip('/')}".removesuffix(path_of(METRICS)).rstrip("/")
    if not prefix.isascii() or any(character.isspace() for character in prefix):
        raise ConfigError(f"The server's path {prefix} must be plain ASCII without spaces.")
    return Server(_address(place, 443 if scheme == "https" else 80, "server"), scheme == "https", prefix)


def _address(text: str, default_port: int, what: str) -> Address:
    host, port = text, ""
    if text.startswith("["):
        host, _, port = text[1:].partition("]")
        port = port or f":{default_port}"
    else:
        host, colon, port = text.partition(":")
        port = colon + port or f":{default_port}"
    number = int(port[1:]) if port[0] == ":" and port[1:].isdigit() else -1
    if not host or not 0 <= number <= 65535:
        raise ConfigError(f"The {what} {text} must be HOST:PORT with a port of 0 to 65535.")
    return Address(host, number)


def _token(settings: Mapping[str, str]) -> str:
    path = settings.get("ADVISOR_TOKEN_FILE", "")
    # systemd opens its credentials to the service alone by an access list, which looks like a group's right.
    kept_by_systemd = path.startswith(settings.get("CREDENTIALS_DIRECTORY") or "\0")
    text = _secret_file(path, kept_by_systemd) if path else settings.get("ADVISOR_TOKEN", "")
    token = text.strip()
    if not token:
        raise ConfigError("No token is set: put a host token into ADVISOR_TOKEN, or name a file with --token-file.")
    if not token.isascii() or not token.isprintable() or " " in token:
        raise ConfigError("The token holds characters that no token has; copy it again.")
    return token


def _secret_file(path: str, kept_by_systemd: bool) -> str:
    try:
        mode = os.stat(path).st_mode
        with open(path, encoding="utf-8", errors="replace") as file:
            text = file.read(4096)
    except OSError as error:
        raise ConfigError(f"The token file {path} cannot be read: {error.strerror}.") from error
    if stat.S_IMODE(mode) & 0o077 and not kept_by_systemd:
        raise ConfigError(f"The token file {path} is open to other users; run: chmod 600 {path}")
    return text


def _interval(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 1 <= seconds <= 300:
        raise ConfigError(f"The interval {text} must be 1 to 300 seconds.")
    return seconds


def _listen(text: str) -> Address | None:
    if text == "off":
        return None
    address = _address(text, 4318, "receiver address")
    if not address.is_loopback:
        raise ConfigError(f"The receiver asks for no token, so it may only listen on loopback, not on {text}.")
    return address


def _default_state_dir(settings: Mapping[str, str]) -> str:
    if os.geteuid() == 0:
        return "/var/lib/advisor-agent"
    home = settings.get("HOME") or "/nonexistent"
    return os.path.join(settings.get("XDG_STATE_HOME") or os.path.join(home, ".local/state"), "advisor-agent")
