"""An agent that takes out no secrets brings none into the store."""

from __future__ import annotations

import os
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from advisor.fleet import tokens
from advisor.fleet.models import Instance, Service, Token
from advisor.ingest.redaction import HIDDEN, joined, redacted
from agents.contract.secret_forms import HARMLESS, SEED, Form, forms
from tests.ingest.client import call
from tests.ingest.doors import doors
from tests.ingest.exports import body, gauge, number, resource

NOW = 1_700_000_000.0
SEEDS = [SEED, int(os.environ.get("ADVISOR_SECRET_SEED", "1"))]
RESOURCES = 200
"""Of one request: its body must stay below a mebibyte."""


def sabotaged(number_of_process: int, form: Form, sdk: str = "advisor-agent") -> dict[str, Any]:
    """A process as an agent without `redaction.py` would send it."""
    words = ["node", "server.js", *form.words, "--port", "3000"]
    attributes = {
        "host.id": "m1",
        "service.name": "shop",
        "process.pid": number_of_process,
        "process.command": f"/srv/server.js {joined(form.words)}",
        "process.command_line": joined(words),
        "telemetry.sdk.name": sdk,
    }
    return resource(attributes, gauge("process.memory.usage", number(1.0, NOW)))


async def stored(made: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Every row about processes and services after these reports."""
    _, secret = await sync_to_async(tokens.make)(Token.Kind.API)
    async with doors() as make_door:
        door = make_door(lambda: NOW)
        for some in (made[start : start + RESOURCES] for start in range(0, len(made), RESOURCES)):
            answer = await call(door, body(*some), token=secret)
            assert (answer.status, answer.partial) == (200, "")
    rows: list[Any] = [row async for row in Instance.objects.values()]
    return rows + [row async for row in Service.objects.values()]


@pytest.mark.django_db(transaction=True)
async def test_no_secret_comes_into_the_store() -> None:
    made = forms()
    assert len(made) >= 300
    rows = await stored([sabotaged(1000 + number, form) for number, form in enumerate(made)])
    text = repr(rows)
    assert len(rows) == len(made) + 1
    assert sum(row.get("command_line", "").startswith("node server.js") for row in rows) == len(made)
    assert [form.words for form in made if form.leaks(text)] == []


@pytest.mark.django_db(transaction=True)
async def test_what_an_sdk_tells_unasked_is_not_kept() -> None:
    rows = await stored([sabotaged(7, Form(["--port", "3000"], []), "opentelemetry")])
    assert [row["command_line"] for row in rows if "command_line" in row] == [""]


@pytest.mark.parametrize("seed", SEEDS)
def test_every_secret_is_taken_out_of_its_words(seed: int) -> None:
    made = forms(seed)
    print(f"{len(made)} forms of secrets, seed {seed}")
    assert [form.words for form in made if form.leaks(joined(redacted(form.words)))] == []


def test_ordinary_words_stay() -> None:
    assert len(HARMLESS) >= 60
    assert [word for word in HARMLESS if redacted([word]) != [word]] == []
    assert HIDDEN not in joined(redacted(word for word in HARMLESS if word not in ("-C", "--retry")))
