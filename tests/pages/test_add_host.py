from __future__ import annotations

import re

from django.test import Client

from advisor.fleet import tokens
from advisor.fleet.models import Token
from tests.pages.test_fleet import words


def test_looking_makes_no_token(page: Client) -> None:
    page.get("/hosts/add/")
    assert not Token.objects.exists()


def test_the_command_holds_a_fresh_host_token(page: Client) -> None:
    text = words(page.post("/hosts/add/", {"kind": "sah"}).content)
    raw = re.search(r"ADVISOR_TOKEN=(sah_\w+_[\w-]+) python3 advisor-agent.pyz run --server http", text)
    assert raw is not None
    token = tokens.authenticate(raw[1])
    assert token is not None
    assert token.kind == Token.Kind.HOST
    assert raw[1] not in words(page.get("/hosts/add/").content)


def test_an_sdk_gets_a_token_of_its_own_kind(page: Client) -> None:
    text = words(page.post("/hosts/add/", {"kind": "sat"}).content)
    assert "OTEL_METRICS_EXPORTER=otlp" in text
    assert "OTEL_TRACES_EXPORTER=none" in text
    raw = re.search(r"Bearer (sat_\w+_[\w-]{43})", text)
    assert raw is not None
    assert tokens.authenticate(raw[1]) is not None
