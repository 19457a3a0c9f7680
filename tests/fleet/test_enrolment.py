"""A key makes so many tokens for so long, and not one more."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from advisor.fleet import tokens
from advisor.fleet.enrolment import EnrolmentRefused, exchange, make_key
from advisor.fleet.models import Token

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def test_each_host_gets_a_token_of_its_own() -> None:
    key, raw = make_key(2, DAY)
    first, second = (tokens.authenticate(exchange(raw, name)) for name in ("web-1", "web-2"))
    assert first is not None
    assert second is not None
    assert {first.kind, second.kind} == {Token.Kind.HOST}
    assert first.pk != second.pk
    assert first.name == f"web-1, enrolled with {key}"


def test_the_last_place_is_given_once() -> None:
    key, raw = make_key(1, DAY)
    exchange(raw, "web-1")
    with pytest.raises(EnrolmentRefused, match="all of its 1 hosts"):
        exchange(raw, "web-2")
    key.refresh_from_db()
    assert (key.hosts_enrolled, Token.objects.filter(kind=Token.Kind.HOST).count()) == (1, 1)


def test_an_expired_or_revoked_key_makes_nothing() -> None:
    key, raw = make_key(5, DAY)
    Token.objects.update(expires_at=timezone.now())
    with pytest.raises(EnrolmentRefused, match="has expired"):
        exchange(raw, "web-1")
    Token.objects.update(expires_at=timezone.now() + DAY)
    tokens.revoke(key)
    with pytest.raises(EnrolmentRefused, match="was revoked"):
        exchange(raw, "web-1")


def test_a_token_is_no_key_and_nonsense_neither() -> None:
    _, host_token = tokens.make(Token.Kind.HOST)
    for raw in (host_token, "", "sae_nonsense"):
        with pytest.raises(EnrolmentRefused):
            exchange(raw, "web-1")


def test_what_a_key_made_outlives_it() -> None:
    key, raw = make_key(1, DAY)
    made = exchange(raw, "web-1")
    tokens.revoke(key)
    assert tokens.authenticate(made) is not None


@pytest.mark.parametrize(
    ("hosts", "valid", "sentence"),
    [
        (0, DAY, "1 to 10,000 hosts"),
        (10_001, DAY, "1 to 10,000 hosts"),
        (1, 0 * DAY, "365 days"),
        (1, 366 * DAY, "365"),
    ],
)
def test_a_key_without_bounds_is_not_made(hosts: int, valid: timedelta, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        make_key(hosts, valid)
    assert not Token.objects.exists()
