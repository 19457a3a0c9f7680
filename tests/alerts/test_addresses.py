"""Which addresses a webhook may reach."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest

from advisor.alerts.addresses import is_public, is_within

PUBLIC = """
1.1.1.1 8.8.8.8 9.9.9.9 11.0.0.1 93.184.215.14 100.63.255.255 100.128.0.1 126.255.255.255 128.0.0.1
168.63.129.15 168.63.129.17 169.253.255.255 169.255.0.1 172.15.255.255 172.32.0.1 191.255.255.255
192.0.1.1 192.167.255.255 192.169.0.1 198.17.255.255 198.20.0.1 223.255.255.255
2606:4700:4700::1111 2001:4860:4860::8888 2a00:1450:4001:81b::200e 2620:fe::fe 2002:808:808::1
"""

INSIDE = """
0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.100.100.200 100.127.255.255 127.0.0.1 127.1.2.3
127.255.255.255 168.63.129.16 169.254.0.1 169.254.169.254 169.254.170.2 172.16.0.1 172.31.255.255
192.0.0.1 192.0.0.192 192.0.2.1 192.88.99.1 192.168.0.1 192.168.255.255 198.18.0.1 198.19.255.255
198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.254 255.255.255.255
:: ::1 ::127.0.0.1 ::a9fe:a9fe ::10.0.0.1 ::ffff:127.0.0.1 ::ffff:7f00:1 ::ffff:169.254.169.254
::ffff:10.0.0.1 ::ffff:192.168.1.1 ::ffff:100.64.0.1 ::ffff:0:127.0.0.1 ::ffff:0:a9fe:a9fe
64:ff9b::a9fe:a9fe 64:ff9b::7f00:1 64:ff9b::10.0.0.1 64:ff9b:1::7f00:1 64:ff9b:1::a9fe:a9fe
100::1 2001::1 2001:0:7f00:1::1 2001:0:53aa:64c:0:fbff:f5ff:fffe 2001:db8::1 3fff::1 5f00::1
2002:7f00:1:: 2002:a9fe:a9fe:: 2002:a00:1::1 2002:c0a8:101::1 2002:6440:1::1
fc00::1 fd00::1 fd00:ec2::254 fdff:ffff::1 fe80::1 febf::1 fec0::1 feff::1 ff00::1 ff02::1 ff0e::1
"""


@pytest.mark.parametrize("text", PUBLIC.split())
def test_the_internet_is_public(text: str) -> None:
    assert is_public(ip_address(text))


@pytest.mark.parametrize("text", INSIDE.split())
def test_what_leads_inside_is_not(text: str) -> None:
    assert not is_public(ip_address(text))


@pytest.mark.parametrize(
    ("text", "within"),
    [
        ("127.0.0.1", True),
        ("::ffff:127.0.0.1", True),
        ("128.0.0.1", False),
        ("::1", False),
        ("fd12::1", True),
        ("fd13::1", False),
    ],
)
def test_an_owner_opens_only_what_is_named(text: str, within: bool) -> None:
    assert is_within(ip_address(text), [ip_network("127.0.0.0/8"), ip_network("fd12::/16")]) is within
