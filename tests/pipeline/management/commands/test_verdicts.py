"""`manage.py verdicts` for scripts and for people."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import call_command

from advisor.recommendations import export, ledger
from advisor.vocabulary import Verdict
from tests.recommendations.judgements import NOW, T, judgement, service

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("verdicts", *arguments, stdout=out)
    return out.getvalue()


def test_json_is_the_export() -> None:
    ledger.record(judgement(service().pk, Verdict.CLEAR), NOW)
    ledger.record(judgement(service("reports").pk, Verdict.PENDING), NOW)
    assert json.loads(run("--format", "json")) == export.verdicts()
    assert [item["verdict"] for item in json.loads(run("--format", "json", "--service", "reports"))] == ["pending"]


def test_text_says_since_until_and_what_is_missing() -> None:
    one = service()
    ledger.record(judgement(one.pk, Verdict.PENDING, rule="a"), NOW)
    ledger.record(judgement(one.pk, Verdict.UNKNOWN, T + 1, rule="b"), NOW)
    first, second = run().splitlines()
    assert first == (
        "checkout  a  pending since 2026-01-31T12:00:00.000Z, firing at 2026-01-31T12:01:00.000Z if nothing changes"
    )
    assert second == "checkout  b  unknown since 2026-01-31T12:00:01.000Z, missing: event loop utilization"


def test_nothing_is_said_in_words() -> None:
    assert run() == "No service has been judged yet.\n"
