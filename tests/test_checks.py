"""Each wrong setting has a message with a hint, and all of them come at once."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_django import Settings

from advisor import checks
from advisor.checks import advisor_settings

WRONG: list[tuple[str, str, Any]] = [
    ("advisor.E002", "PUBLIC_URL", "advisor.example.com"),
    ("advisor.E002", "PUBLIC_URL", "ftp://advisor.example.com"),
    ("advisor.E002", "PUBLIC_URL", "https://"),
    ("advisor.E003", "TIME_SCALE", 0.0),
    ("advisor.E003", "TIME_SCALE", -1.0),
    ("advisor.E003", "TIME_SCALE", float("nan")),
    ("advisor.E004", "EVALUATE_SECONDS", 0.0),
    ("advisor.E009", "EVALUATE_SECONDS", 31.0),
    ("advisor.E004", "RAW_HOURS", -1.0),
    ("advisor.E004", "ROLLUP_DAYS", 0.0),
    ("advisor.E004", "KEEP_PARTS_HOURS", 0.0),
    ("advisor.E004", "KEEP_EVENTS_DAYS", -2.0),
    ("advisor.E004", "HOUR_DAYS", 0.0),
    ("advisor.E004", "INGEST_QUEUE_POINTS", 0),
    ("advisor.E010", "KEEP_PARTS_HOURS", 48.5),
    ("advisor.E010", "RAW_HOURS", 24.0),
    ("advisor.E011", "ROLLUP_DAYS", 2.0),
    ("advisor.E011", "RAW_HOURS", 30 * 24.0),
    ("advisor.E013", "HOUR_DAYS", 29.0),
    ("advisor.E004", "KEEP_SILENT_DAYS", 0.0),
    ("advisor.E014", "KEEP_SILENT_DAYS", 399.0),
    ("advisor.E014", "KEEP_EVENTS_DAYS", 401.0),
    ("advisor.E014", "HOUR_DAYS", 401.0),
    ("advisor.E012", "KEEP_BATCHES_DAYS", 6.9),
    ("advisor.E012", "KEEP_COUNTS_DAYS", float("nan")),
    ("advisor.E006", "WEBHOOK_ALLOW", ["10.0.0.0/33"]),
    ("advisor.E006", "WEBHOOK_ALLOW", ["10.0.0.1/8"]),
    ("advisor.E006", "WEBHOOK_ALLOW", ["localhost"]),
    ("advisor.E007", "MAIL_TO", ["nobody"]),
    ("advisor.E007", "DEFAULT_FROM_EMAIL", "a@b\nBcc: c@d"),
    ("advisor.E008", "ALLOWED_HOSTS", ["*"]),
]


@pytest.mark.parametrize(("identity", "name", "value"), WRONG)
def test_wrong(settings: Settings, identity: str, name: str, value: Any) -> None:
    setattr(settings, name, value)
    (message,) = advisor_settings()
    assert message.id == identity
    assert message.hint
    assert "ADVISOR_" in f"{message.msg} {message.hint}", "it names what to set"


@pytest.mark.parametrize("seconds", [1.0, 10.0, 30.0])
def test_rounds_of_which_one_may_be_missed_are_right(settings: Settings, seconds: float) -> None:
    settings.EVALUATE_SECONDS = seconds
    assert advisor_settings() == []


def test_right(settings: Settings) -> None:
    settings.RAW_HOURS, settings.KEEP_PARTS_HOURS, settings.ROLLUP_DAYS = 24.0, 24.0, 1.1
    settings.KEEP_EVENTS_DAYS = 0.5
    settings.WEBHOOK_ALLOW = ["127.0.0.0/8", "fd00::/8"]
    settings.PUBLIC_URL = "https://advisor.example.com"
    assert advisor_settings() == []


def test_a_database_that_nobody_tested(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "_engine", lambda: "django.db.backends.mysql")
    (message,) = advisor_settings()
    assert message.id == "advisor.E005"
    assert "postgres://" in str(message.hint)


def test_a_key_is_asked_for_where_nothing_makes_one(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.SECRET_KEY = ""
    monkeypatch.setattr(checks, "_engine", lambda: checks.DATABASES[0])
    assert advisor_settings() == [], "`make run` makes one"
    monkeypatch.setattr(checks, "_engine", lambda: checks.DATABASES[1])
    assert [message.id for message in advisor_settings()] == ["advisor.E001"]


def test_all_come_at_once(settings: Settings) -> None:
    settings.TIME_SCALE = 0.0
    settings.WEBHOOK_ALLOW = ["x", "y"]
    settings.PUBLIC_URL = "nowhere"
    assert sorted(message.id or "" for message in advisor_settings()) == [
        "advisor.E002", "advisor.E003", "advisor.E006", "advisor.E006",
    ]  # fmt: skip
