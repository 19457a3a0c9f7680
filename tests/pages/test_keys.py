from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from advisor.fleet import tokens
from advisor.fleet.enrolment import exchange, make_key
from advisor.fleet.models import Host, Token
from advisor.ingest.refusals import REASONS
from advisor.store import samples
from tests.pages.test_fleet import words

ADDRESS = "/hosts/keys/"
DAY = timedelta(days=1)


def test_looking_makes_no_key(page: Client) -> None:
    assert "Nobody may report here yet" in words(page.get(ADDRESS).content)
    assert not Token.objects.exists()


def test_the_command_holds_a_key_that_enrols(page: Client) -> None:
    text = words(page.post(ADDRESS, {"hosts": "3", "days": "2"}).content)
    raw = re.search(r"ADVISOR_KEY=(sae_\w+_[\w-]{43}) python3 advisor-agent.pyz enroll --server http", text)
    assert raw is not None
    assert tokens.authenticate(exchange(raw[1], "web-1")) is not None
    key = Token.objects.get(kind=Token.Kind.ENROL)
    assert key.most_hosts == 3
    assert key.expires_at is not None
    assert timedelta(days=1, hours=23) < key.expires_at - timezone.now() <= timedelta(days=2)
    assert key.name == "by owner"
    assert raw[1] not in words(page.get(ADDRESS).content)


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"hosts": "many", "days": "2"}, "whole numbers"),
        ({"hosts": "0", "days": "2"}, "1 to 10,000 hosts"),
        ({"hosts": "5", "days": "1000"}, "up to 365 days"),
        ({"hosts": "5", "days": "9" * 30}, "whole numbers"),
    ],
)
def test_a_wrong_figure_is_said_and_what_was_typed_stays(page: Client, form: dict[str, str], sentence: str) -> None:
    answer = page.post(ADDRESS, form)
    assert answer.status_code == 422
    assert sentence in words(answer.content)
    assert f'value="{form["hosts"]}"' in answer.content.decode()
    assert not Token.objects.exists()


def test_revoked_is_revoked_and_told(page: Client) -> None:
    token, raw = tokens.make(Token.Kind.HOST, "agent, by owner")
    answer = page.post(f"{ADDRESS}{token.pk}/revoke/", follow=True)
    assert f"{token} is revoked" in words(answer.content)
    assert tokens.authenticate(raw) is None
    assert f"/hosts/keys/{token.pk}/revoke/" not in answer.content.decode()


def test_the_list_says_how_each_stands(page: Client) -> None:
    host = Host.objects.create(key="h", name="web-07", first_seen=timezone.now(), last_seen=timezone.now())
    tokens.make(Token.Kind.HOST, host=host)
    Token.objects.update(last_used_at=timezone.now())
    tokens.make(Token.Kind.API, "SDK, by owner")
    tokens.make(Token.Kind.API, expires_at=timezone.now() - DAY)
    exchange(make_key(1, DAY)[1], "web-08")
    text = words(page.get(ADDRESS).content)
    for said in ("Valid", "web-07", "Not used yet", "SDK, by owner", "Expired", "Used up", "1 of 1 host"):
        assert said in text, said
    assert "Three keys and tokens are valid" in text


def test_it_says_what_was_left_out_of_what_each_token_sent(page: Client) -> None:
    assert "Nothing: all that was sent is kept" in words(page.get(ADDRESS).content)
    token, _ = tokens.make(Token.Kind.API, "SDK, by owner")
    now = timezone.now()
    samples.note_left_out({(token.pk, "points older than 48 hours"): 1234, (10_000, "of a token that is gone"): 1}, now)
    samples.note_left_out({(token.pk, "points with a negative value"): 1}, now - 9 * DAY)

    text = words(page.get(ADDRESS).content)
    for said in ("Points older than 48 hours", "1,234", "SDK, by owner"):
        assert said in text, said
    assert "negative" not in text
    assert "token that is gone" not in text


def test_it_says_how_many_requests_came_without_a_valid_token(page: Client) -> None:
    samples.note_left_out({(samples.NOBODY, REASONS[401]): 12}, timezone.now())
    text = words(page.get(ADDRESS).content)
    for said in ("No valid token", "Requests with a token that is not known here", "12"):
        assert said in text, said
