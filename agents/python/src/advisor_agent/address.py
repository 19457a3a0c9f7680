"""Addresses: of the server, and of the local receiver."""

from __future__ import annotations

import re

from advisor_agent.settings import ConfigError
from advisor_agent.signals import METRICS, path_of

_LOOPBACK = ("localhost", "::1")
_LOOPBACK_NETWORK = re.compile(r"127(\.\d{1,3}){3}")


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

    @property
    def page(self) -> str:
        """The whole URL of what is not a server of ours, but a page to read."""
        return f"{self}{self.prefix}"

    def __str__(self) -> str:
        return f"{'https' if self.is_tls else 'http'}://{self.address}"


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
    return Server(parse_address(place, 443 if scheme == "https" else 80, "server"), scheme == "https", prefix)


def parse_page(url: str) -> Server:
    """Read the URL of a page on this machine, as http://127.0.0.1:3000/metrics.

    Names would be looked up, which takes time and may lead elsewhere, and loopback needs no TLS.
    """
    scheme, _, rest = url.partition("://")
    place, slash, path = rest.partition("/")
    address = parse_address(place, 80, "page to scrape")
    is_number = address.is_loopback or address.host.replace(".", "").isdigit() or ":" in address.host
    if scheme != "http" or "@" in place or not is_number or not address.port:
        raise ConfigError(f"The page {url} must be on this host, as http://127.0.0.1:3000/metrics.")
    if not url.isascii() or not url.isprintable() or " " in url or "#" in url:
        raise ConfigError(f"The page {url} must be plain ASCII without spaces.")
    return Server(address, False, slash + path)


def parse_address(text: str, default_port: int, what: str) -> Address:
    """Read HOST:PORT; `what` says in the error which setting was wrong."""
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
