"""Where a webhook goes: the address as typed, read strictly, and the checked network address it resolves to.

Parsers disagree about odd spellings, and what two parsers read differently is how requests get smuggled
inside. So only one plain spelling is taken, it is resolved once, and the connection goes to that answer.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from advisor.alerts.addresses import Address, Network, is_public, is_within

LONGEST_URL = 2048
PUBLIC_PORTS = frozenset({443, 8443})
_DEFAULT_PORTS = {"https": 443, "http": 80}
_PLAIN = re.compile(r"[!-\[\]-~]+")  # printable ASCII without space and backslash
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMERIC = re.compile(r"[0-9]+|0x[0-9a-f]*")
Resolve = Callable[[str, int], Sequence[Address]]


class BadTarget(ValueError):
    """The webhook's address is not taken; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Target:
    """A webhook's address in parts. `host` is a DNS name or an IP address, without brackets."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """The `Host` header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"


def parse(url: str) -> Target:
    """Read a webhook's address.

    Raises:
        BadTarget: it is not one plain http or https URL with a host; or it is too long or holds
            credentials, a fragment, or a host that parsers may read in two ways.
    """
    if len(url) > LONGEST_URL:
        raise BadTarget(f"The address is longer than {LONGEST_URL} characters.")
    if not _PLAIN.fullmatch(url):
        raise BadTarget("The address may hold printable ASCII only; write names in their xn-- form.")
    if "#" in url:
        raise BadTarget("The address may not have a fragment (#).")
    parts, port = _split(url)
    if parts.scheme not in _DEFAULT_PORTS:
        raise BadTarget("The address must start with https:// (or http://, inside ADVISOR_WEBHOOK_ALLOW).")
    if "@" in parts.netloc:
        raise BadTarget("The address may not hold a user name or password; the signature proves who sends.")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, _host(parts, port), port or _DEFAULT_PORTS[parts.scheme], path)


def addresses(
    target: Target, allow: Sequence[Network], seconds: float, resolve: Resolve | None = None
) -> list[Address]:
    """Resolve the host once and check every answer.

    Args:
        target: where to.
        allow: networks that may be reached besides public ones, also over http and on any port.
        seconds: how long the resolver may take.
        resolve: stands in for the system's resolver.

    Raises:
        BadTarget: one of the answers may not be reached. One is enough: a name that points both
            outside and inside is not trusted at all.
        OSError: the name does not resolve (in time).
    """
    found = _in_time(resolve or _system_resolver, target, seconds)
    if not found:
        raise OSError(f"{target.host} has no address")
    for address in found:
        _check(target, address, allow)
    return list(found)


def networks(ranges: Iterable[str]) -> list[Network]:
    """`settings.WEBHOOK_ALLOW` as networks. Raises `ValueError` if one is no CIDR range."""
    return [ipaddress.ip_network(text) for text in ranges]


def _split(url: str) -> tuple[SplitResult, int | None]:
    try:
        parts = urlsplit(url)
        return parts, parts.port
    except ValueError as error:
        raise BadTarget("The address cannot be read; write it as https://host/path.") from error


def _host(parts: SplitResult, port: int | None) -> str:
    host = _plain_host((parts.hostname or "").lower())
    bracketed = f"[{host}]" if ":" in host else host
    if port == 0 or parts.netloc.lower() != (bracketed if port is None else f"{bracketed}:{port}"):
        raise BadTarget("Host and port must stand in their usual spelling: host, host:8443 or [2001:db8::1]:8443.")
    return host


def _plain_host(host: str) -> str:
    if "%" in host:
        raise BadTarget("The host may not have a zone (%).")
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        labels = host.split(".")
        if len(host) > 253 or not all(map(_LABEL.fullmatch, labels)) or _NUMERIC.fullmatch(labels[-1]):
            raise BadTarget("The host is neither a DNS name nor an IP address in its usual spelling.") from None
        return host


def _in_time(resolve: Resolve, target: Target, seconds: float) -> Sequence[Address]:
    # The system's resolver takes no time limit, so it is left behind in a thread when it is too slow.
    pool = ThreadPoolExecutor(1, thread_name_prefix="resolve")
    try:
        return pool.submit(resolve, target.host, target.port).result(seconds)
    except TooLate as error:
        raise OSError(f"{target.host} did not resolve within {seconds:.0f} s") from error
    finally:
        pool.shutdown(wait=False)


def _system_resolver(host: str, port: int) -> list[Address]:
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [ipaddress.ip_address(str(answer[4][0])) for answer in answers]


def _check(target: Target, address: Address, allow: Sequence[Network]) -> None:
    if is_within(address, allow):
        return
    if not is_public(address):
        raise BadTarget(f"{target.host} leads to {address}, which is not public and not in ADVISOR_WEBHOOK_ALLOW.")
    if target.scheme != "https":
        raise BadTarget("Plain http is for ADVISOR_WEBHOOK_ALLOW only; use https.")
    if target.port not in PUBLIC_PORTS:
        raise BadTarget(f"Port {target.port} is not allowed; use 443 or 8443.")
