"""Which network addresses a webhook may reach: the guard against requests into our own network (SSRF).

`ipaddress.is_private` and `is_global` both let addresses through that lead inside (NAT64, 6to4 and
Teredo wrap an IPv4 address in an IPv6 one; clouds keep their metadata on routable addresses), so an
address is public only if nothing here speaks against it and against every address wrapped in it.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_NEVER: tuple[Network, ...] = tuple(
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8",  # this network (RFC 1122)
        "100.64.0.0/10",  # carrier-grade NAT, and metadata of Alibaba Cloud (RFC 6598)
        "168.63.129.16/32",  # Azure's host services
        "169.254.0.0/16",  # link-local, and metadata of most clouds (RFC 3927)
        "192.0.0.0/24",  # protocol assignments, and metadata of Oracle Cloud (RFC 6890)
        "192.88.99.0/24",  # former 6to4 relays (RFC 7526)
        "198.18.0.0/15",  # benchmarks (RFC 2544)
        "5f00::/16",  # segment routing (RFC 9602)
        "2001:db8::/32",  # documentation (RFC 3849)
        "3fff::/20",  # documentation (RFC 9637)
        "fc00::/7",  # unique local, and metadata of AWS at fd00:ec2::254 (RFC 4193)
        "fec0::/10",  # former site-local (RFC 3879)
    )
)
_COMPATIBLE = ipaddress.IPv6Network("::/96")
_TRANSLATED = ipaddress.IPv6Network("::ffff:0:0:0/96")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_NAT64_LOCAL = ipaddress.IPv6Network("64:ff9b:1::/48")


def is_public(address: Address) -> bool:
    """Whether the address, and each IPv4 address wrapped in it, belongs to the public internet."""
    return _is_plainly_public(address) and all(is_public(inner) for inner in _wrapped(address))


def is_within(address: Address, networks: Iterable[Network]) -> bool:
    """Whether one of the networks holds the address; an IPv4-mapped address counts as its IPv4 address."""
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return any((mapped or address) in network for network in networks)


def _is_plainly_public(address: Address) -> bool:
    refused = (
        address.is_private
        or address.is_loopback
        or address.is_link_local
        or address.is_multicast
        or address.is_reserved
        or address.is_unspecified
    )
    return address.is_global and not refused and not any(address in network for network in _NEVER)


def _wrapped(address: Address) -> Iterator[ipaddress.IPv4Address]:
    if isinstance(address, ipaddress.IPv4Address):
        return
    if address.ipv4_mapped:
        yield address.ipv4_mapped
    if address.sixtofour:
        yield address.sixtofour
    if address.teredo:
        yield from address.teredo
    if any(address in network for network in (_COMPATIBLE, _TRANSLATED, _NAT64, _NAT64_LOCAL)):
        yield ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
