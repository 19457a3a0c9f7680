"""Tokens are known again by one query, and nothing in the table opens a door."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from advisor.fleet import tokens
from advisor.fleet.models import Host, Token

pytestmark = pytest.mark.django_db


def test_a_token_is_known_again() -> None:
    token, raw = tokens.make(Token.Kind.HOST, "web-1")

    assert tokens.authenticate(raw) == token
    kind, prefix, secret = raw[:3], raw[4:16], raw[17:]
    assert (kind, prefix, len(secret), raw[3], raw[16]) == ("sah", token.prefix, 43, "_", "_")


def test_only_the_digest_is_kept() -> None:
    _, raw = tokens.make(Token.Kind.API)

    kept = Token.objects.values().get()
    assert raw[17:] not in str(kept)
    assert bytes(kept["digest"]) == hashlib.sha256(raw.encode()).digest()


def test_a_wrong_secret_prefix_or_kind_is_no_token() -> None:
    _, raw = tokens.make(Token.Kind.HOST)
    last = "A" if raw[-1] != "A" else "B"

    for wrong in (raw[:-1] + last, "sat" + raw[3:], raw[:4] + "0" * 12 + raw[16:], raw + "A", raw[:-1], "", "é" * 60):
        assert tokens.authenticate(wrong) is None


def test_what_is_no_token_asks_no_database() -> None:
    with CaptureQueriesContext(connection) as queries:
        tokens.authenticate("Basic abc")

    assert len(queries) == 0


def test_one_query_brings_the_host_too() -> None:
    host = Host.objects.create(key="k", name="web-1", first_seen=timezone.now(), last_seen=timezone.now())
    _, raw = tokens.make(Token.Kind.HOST, host=host)

    with CaptureQueriesContext(connection) as queries:
        found = tokens.authenticate(raw)
        assert found is not None
        assert found.host == host
    assert len(queries) == 1


@pytest.mark.parametrize("field", ["revoked_at", "expires_at"])
def test_a_revoked_or_expired_token_is_refused(field: str) -> None:
    token, raw = tokens.make(Token.Kind.API, expires_at=timezone.now() + timedelta(hours=1))
    assert tokens.authenticate(raw) == token

    Token.objects.update(**{field: timezone.now()})

    assert tokens.authenticate(raw) is None


def test_revoking_twice_keeps_the_first_time() -> None:
    token, raw = tokens.make(Token.Kind.HOST)
    tokens.revoke(token)
    assert tokens.authenticate(raw) is None
    token.refresh_from_db()
    first = token.revoked_at
    tokens.revoke(token)
    token.refresh_from_db()
    assert token.revoked_at == first
