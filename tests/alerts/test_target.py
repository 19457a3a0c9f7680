"""Addresses of webhooks: one plain spelling, and every answer of the resolver checked."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address
from threading import Event

import pytest

from advisor.alerts.addresses import Address
from advisor.alerts.target import BadTarget, Target, addresses, networks, parse

LOOPBACK = networks(["127.0.0.0/8"])


@pytest.mark.parametrize(
    ("url", "target", "authority"),
    [
        ("https://example.com", Target("https", "example.com", 443, "/"), "example.com"),
        ("https://Example.COM/a?b=c&d", Target("https", "example.com", 443, "/a?b=c&d"), "example.com"),
        ("https://example.com:8443/", Target("https", "example.com", 8443, "/"), "example.com:8443"),
        ("https://xn--bcher-kva.example/", Target("https", "xn--bcher-kva.example", 443, "/"), "xn--bcher-kva.example"),
        ("http://127.0.0.1:9000/in", Target("http", "127.0.0.1", 9000, "/in"), "127.0.0.1:9000"),
        ("https://[2606:4700::1]/", Target("https", "2606:4700::1", 443, "/"), "[2606:4700::1]"),
        ("http://webhook_sink:8080/", Target("http", "webhook_sink", 8080, "/"), "webhook_sink:8080"),
    ],
)
def test_plain_addresses(url: str, target: Target, authority: str) -> None:
    assert parse(url) == target
    assert target.authority == authority


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com",
        "//example.com/",
        "ftp://example.com/",
        "file:///etc/passwd",
        "gopher://example.com/",
        "https://",
        "https:///path",
        "https://user@example.com/",
        "https://user:secret@example.com/",
        "https://example.com@127.0.0.1/",
        "https://example.com/#part",
        "https://example.com#@127.0.0.1/",
        "https://example.com\\@127.0.0.1/",
        "https://example.com/\r\nX-Header: 1",
        "https://exam\nple.com/",
        "https://example.com/ space",
        "https://example.com/\x00",
        "https://exämple.com/",
        "https://①②⑦.⓪.⓪.①/",
        "https://example。com/",
        "https://127.1/",
        "https://127.0.1/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://0x7f000001/",
        "https://0177.0.0.1/",
        "https://127.0.0.01/",
        "https://127.0.0.1./",
        "https://127.0.0.256/",
        "https://example.com./",
        "https://example..com/",
        "https://.example.com/",
        "https://-example.com/",
        "https://example.0x/",
        "https://[::ffff:7f00:1/",
        "https://[::ffff:127.0.0.1]/",
        "https://[0:0:0:0:0:0:0:1]/",
        "https://[fe80::1%25eth0]/",
        "https://[fe80::1%eth0]/",
        "https://[::1]evil/",
        "https://[127.0.0.1]/",
        "https://example.com:/",
        "https://example.com:0/",
        "https://example.com:0443/",
        "https://example.com:+443/",
        "https://example.com:65536/",
        "https://example.com:443:80/",
        "https://example.com:http/",
        "https://" + "a" * 64 + ".com/",
        "https://" + "a." * 130 + "com/",
        "https://example.com/" + "a" * 2048,
    ],
)
def test_everything_else_is_refused_with_a_reason(url: str) -> None:
    with pytest.raises(BadTarget) as refusal:
        parse(url)
    assert str(refusal.value).endswith(".")


def resolving(*texts: str) -> list[Address]:
    def resolve(host: str, port: int) -> Sequence[Address]:
        return [ip_address(text) for text in texts]

    return addresses(parse("https://example.com/"), LOOPBACK, 5, resolve)


def test_public_and_allowed_answers_are_taken() -> None:
    assert resolving("1.1.1.1", "127.0.0.1") == [ip_address("1.1.1.1"), ip_address("127.0.0.1")]


@pytest.mark.parametrize("inside", ["10.0.0.1", "169.254.169.254", "::1", "::ffff:10.0.0.1", "fd00:ec2::254"])
def test_one_answer_inside_spoils_all(inside: str) -> None:
    with pytest.raises(BadTarget, match="not public"):
        resolving("1.1.1.1", inside)


def test_no_answer_is_no_permission() -> None:
    with pytest.raises(OSError, match="no address"):
        resolving()


@pytest.mark.parametrize(("url", "reason"), [("http://1.1.1.1/", "use https"), ("https://1.1.1.1:22/", "443 or 8443")])
def test_public_addresses_take_https_on_its_ports_only(url: str, reason: str) -> None:
    with pytest.raises(BadTarget, match=reason):
        addresses(parse(url), LOOPBACK, 5)


def test_an_allowed_range_takes_http_on_any_port() -> None:
    assert addresses(parse("http://127.0.0.1:6379/"), LOOPBACK, 5) == [ip_address("127.0.0.1")]


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "localhost", "169.254.169.254", "10.0.0.1", "0.0.0.0"])
def test_the_system_resolver_leads_nowhere_inside(host: str) -> None:
    with pytest.raises(BadTarget, match="not public"):
        addresses(parse(f"https://{host}/"), [], 5)


def test_a_resolver_that_hangs_is_left_behind() -> None:
    never = Event()

    def hang(host: str, port: int) -> Sequence[Address]:
        never.wait(60)
        return []

    with pytest.raises(OSError, match="did not resolve within"):
        addresses(parse("https://example.com/"), [], 0.05, hang)
    never.set()


def test_a_resolver_that_fails_is_no_permission() -> None:
    def fail(host: str, port: int) -> Sequence[Address]:
        raise OSError("no such name")

    with pytest.raises(OSError, match="no such name"):
        addresses(parse("https://example.com/"), LOOPBACK, 5, fail)


def test_the_setting_must_be_ranges() -> None:
    with pytest.raises(ValueError, match="does not appear"):
        networks(["everything"])
