from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client

from advisor.fleet import tokens
from advisor.fleet.enrolment import make_key
from advisor.fleet.models import Token

BODY = {"host_name": "web-1"}


@pytest.fixture
def key(db: None) -> str:
    return make_key(2, timedelta(days=1))[1]


@pytest.fixture
def agent() -> Client:
    """Somebody who never signed in, and a site that checks for forged requests."""
    return Client(enforce_csrf_checks=True)


def ask(agent: Client, authorization: str, body: object = BODY) -> tuple[int, dict[str, str]]:
    text = body if isinstance(body, str) else json.dumps(body)
    answer = agent.post(
        "/api/v1/enroll", text, content_type="application/json", headers={"Authorization": authorization}
    )
    assert answer["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"
    return answer.status_code, answer.json()


def test_a_key_buys_a_host_token(agent: Client, key: str) -> None:
    status, said = ask(agent, f"Bearer {key}")
    assert status == 200
    token = tokens.authenticate(said["token"])
    assert token is not None
    assert token.kind == Token.Kind.HOST


@pytest.mark.parametrize("authorization", ["", "Bearer", "Basic abc", "Bearer sae_nonsense"])
def test_without_a_key_there_is_none(agent: Client, key: str, authorization: str) -> None:
    status, said = ask(agent, authorization)
    assert status == 401
    assert said["error"]
    assert not Token.objects.filter(kind=Token.Kind.HOST).exists()


@pytest.mark.parametrize(
    "body",
    ["", "no JSON", "[]", {}, {"host_name": ""}, {"host_name": 5}, {"host_name": "a\nb"}, {"host_name": "x" * 201}],
)
def test_a_bad_body_uses_nothing_of_the_key_up(agent: Client, key: str, body: object) -> None:
    status, said = ask(agent, f"Bearer {key}", body)
    assert status == 400
    assert "host_name" in said["error"]
    assert Token.objects.get(kind=Token.Kind.ENROL).hosts_enrolled == 0


def test_a_large_body_is_refused(agent: Client, key: str) -> None:
    status, said = ask(agent, f"Bearer {key}", {"host_name": "a", "more": "x" * 5000})
    assert (status, said["error"]) == (400, "The body may have 4096 bytes.")


def test_looking_is_not_asking(agent: Client, db: None) -> None:
    assert agent.get("/api/v1/enroll").status_code == 405
