"""The settings of a run, read and checked. A wrong one is one sentence."""

from __future__ import annotations

from collections.abc import Mapping

from advisor_agent.address import Address, Server, parse_address, parse_page, parse_server
from advisor_agent.dsn import POSTGRESQL, REDIS, Dsn
from advisor_agent.places import state_folder
from advisor_agent.settings import DEFAULT_LISTEN, SECRETS, ConfigError, refuse_open

_MOST_PAGES = 64
_UNITS = {"_seconds": 1.0, "_ms": 0.001, "_milliseconds": 0.001}
"""End of a metric's name -> factor to seconds."""


class Config:
    """Everything that a run needs. `interval` is in seconds; `listen` is None for no receiver.

    `programs` are names of files, `scrape` pages of local services, and `request_metrics` names of their histograms of
    request durations -> factor to seconds. `pm2` says whether PM2 may be asked.
    """

    def __init__(self, settings: Mapping[str, str]) -> None:
        self.server = parse_server(settings.get("ADVISOR_SERVER", ""))
        self.token = _token(settings)
        self.interval = _interval(settings.get("ADVISOR_INTERVAL") or "10")
        self.listen = _listen(settings.get("ADVISOR_LISTEN") or DEFAULT_LISTEN)
        self.command_lines = _switch(settings.get("ADVISOR_COMMAND_LINES") or "off", "command lines")
        self.scrape = _pages(settings.get("ADVISOR_SCRAPE", ""))
        self.request_metrics = _request_metrics(settings.get("ADVISOR_SCRAPE_REQUEST_METRIC", ""))
        self.pm2 = _switch(settings.get("ADVISOR_PM2") or "on", "PM2")
        self.state_dir = settings.get("ADVISOR_STATE_DIR") or state_folder(settings)
        self.programs = _programs(settings.get("ADVISOR_PROCESSES", ""))
        self.postgresql = _urls(settings, "postgresql", POSTGRESQL)
        self.redis = _urls(settings, "redis", REDIS)

    def asks(self, errand: str) -> bool:
        """Whether an errand has anybody to ask: it is named after its setting. Others are not even loaded."""
        return bool(getattr(self, errand, True))


def _token(settings: Mapping[str, str]) -> str:
    path = settings.get("ADVISOR_TOKEN_FILE", "")
    token = (_secret_file(path, settings) if path else settings.get("ADVISOR_TOKEN", "")).strip()
    if not token:
        raise ConfigError("No token is set: put a host token into ADVISOR_TOKEN, or name a file with --token-file.")
    if not token.isascii() or not token.isprintable() or " " in token:
        raise ConfigError("The token holds characters that no token has; copy it again.")
    return token


def _secret_file(path: str, settings: Mapping[str, str]) -> str:
    try:
        refuse_open(path, settings)
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read(4096)
    except OSError as error:
        raise ConfigError(f"The token file {path} cannot be read: {error.strerror}.") from error


def _interval(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 1 <= seconds <= 300:
        raise ConfigError(f"The interval {text} must be 1 to 300 seconds.")
    return seconds


def _switch(text: str, name: str) -> bool:
    if text not in ("on", "off", "true", "false"):
        raise ConfigError(f"The setting of {name} must be on or off, not {text}.")
    return text in ("on", "true")


def _programs(text: str) -> frozenset[str]:
    names = frozenset(text.split())
    for name in names:
        if "/" in name:
            raise ConfigError(f"The process {name} must be the name of a program file, without its folder.")
    return names


def _urls(settings: Mapping[str, str], key: str, systems: dict[str, str]) -> list[str]:
    variable, meaning = SECRETS[key]
    urls = settings.get(variable, "").split()
    for number, url in enumerate(urls, 1):
        try:
            Dsn(url, systems)
        except ValueError:  # its text may hold the password
            raise ConfigError(
                f"Entry {number} of {variable} cannot be read: {meaning}."
                " In a password write @ as %40, / as %2F and : as %3A."
            ) from None
    return urls


def _listen(text: str) -> Address | None:
    if text == "off":
        return None
    address = parse_address(text, 4318, "receiver address")
    if not address.is_loopback:
        raise ConfigError(f"The receiver asks for no token, so it may only listen on loopback, not on {text}.")
    return address


def _pages(text: str) -> list[Server]:
    pages = {page.page: page for page in map(parse_page, text.split())}
    if len(pages) > _MOST_PAGES:
        raise ConfigError(f"{len(pages)} pages to scrape are more than {_MOST_PAGES}.")
    return list(pages.values())


def _request_metrics(text: str) -> dict[str, float]:
    found = {}
    for name in text.split():
        factor = next((factor for end, factor in _UNITS.items() if name.endswith(end)), None)
        if factor is None or not name.isascii() or not name.replace(":", "_").isidentifier():
            raise ConfigError(f"The request metric {name} must be a name that ends with {' or '.join(_UNITS)}.")
        found[name] = factor
    return found
