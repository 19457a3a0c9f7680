from __future__ import annotations

import pytest

from advisor_agent.address import parse_page, parse_server
from advisor_agent.settings import ConfigError


@pytest.mark.parametrize(
    ("url", "place", "prefix"),
    [
        ("https://advisor.example.org", "https://advisor.example.org:443", ""),
        ("http://host:80/advisor/", "http://host:80", "/advisor"),
        ("http://host/v1/metrics", "http://host:80", ""),
        ("http://host/advisor/v1/metrics/", "http://host:80", "/advisor"),
        ("http://[::1]:9000", "http://[::1]:9000", ""),
    ],
)
def test_servers(url, place, prefix):
    server = parse_server(url)
    assert (str(server), server.path("metrics"), server.path("logs")) == (
        place,
        f"{prefix}/v1/metrics",
        f"{prefix}/v1/logs",
    )


@pytest.mark.parametrize(
    ("url", "page", "prefix"),
    [
        ("http://127.0.0.1:3000/metrics", "http://127.0.0.1:3000/metrics", "/metrics"),
        ("http://localhost:3000", "http://localhost:3000", ""),
        ("http://[::1]:3000/a/metrics?x=1", "http://[::1]:3000/a/metrics?x=1", "/a/metrics?x=1"),
        ("http://10.0.0.7/metrics", "http://10.0.0.7:80/metrics", "/metrics"),
    ],
)
def test_pages_of_this_host(url, page, prefix):
    found = parse_page(url)
    assert (found.page, found.prefix, found.is_tls) == (page, prefix, False)


@pytest.mark.parametrize(
    "url",
    [
        *("https://127.0.0.1:3000/metrics", "127.0.0.1:3000/metrics", "http://shop.example.org/metrics"),
        *("http://user:pass@127.0.0.1/metrics", "http://127.0.0.1:3000/a b", "http://127.0.0.1:3000/\u00e9", "http://"),
        *("http://127.0.0.1:3000/a\r\nX: y", "http://127.0.0.1:0/metrics", "http://127.0.0.1:3000/#x", "metrics"),
    ],
)
def test_what_is_no_page_of_this_host_is_one_sentence(url):
    with pytest.raises(ConfigError) as caught:
        parse_page(url)
    assert str(caught.value).endswith(".")
