from __future__ import annotations

import pytest

from advisor_agent.address import parse_server


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
