"""`manage.py advice` for scripts and for people."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from advisor.recommendations import export, ledger
from advisor.vocabulary import Verdict
from tests.recommendations.judgements import NOW, judgement, service

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("advice", *arguments, stdout=out)
    return out.getvalue()


def test_json_is_the_export() -> None:
    for name in ("checkout", "räports"):
        ledger.record(judgement(service(name).pk, Verdict.FIRING, name=name), NOW)
    assert json.loads(run("--format", "json")) == export.advice()
    assert json.loads(run("--format", "json", "--service", "räports")) == export.advice("räports")
    assert json.loads(run("--format", "json", "--service", "nobody")) == []


def test_text_says_what_to_do_and_what_not() -> None:
    ledger.record(judgement(service().pk, Verdict.FIRING), NOW)
    assert run().splitlines() == [
        "checkout: the event loop is 89% busy while 1 of 2 cores sits idle",
        "  checkout  event-loop-saturated  open  warning  since 2026-01-31T12:00:00.000Z",
        "  1. Run 2 processes on this host (cluster)",
        "  not vertical: 1 of 2 cores is idle already",
    ]


def test_nothing_is_said_in_words() -> None:
    assert run() == "No recommendation stands.\n"


def test_data_that_is_not_there_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(service: str | None) -> list[object]:
        raise OperationalError("no such table")

    monkeypatch.setattr(export, "advice", away)
    with pytest.raises(CommandError, match="make run"):
        run()
