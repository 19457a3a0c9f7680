"""Django system checks `advisor.E001`...: each wrong setting with what to do, all at once.

A check is a function that yields messages; adding one adds a line to `_CHECKS`.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.exceptions import ImproperlyConfigured

from advisor.engine.hold import UNSEEN

DATABASES = ("django.db.backends.sqlite3", "django.db.backends.postgresql")
"""The tests run on these two."""

_WEEK = 7
"""Days that anything is kept at least of which somebody speaks of a week."""

_OF_ONE_TOKEN = (
    *("MOST_HOSTS", "MOST_SERVICES", "MOST_INSTANCES", "MOST_SERIES"),
    *("MOST_REQUESTS_PER_SECOND", "MOST_POINTS_PER_SECOND"),
)


def advisor_settings(**_: Any) -> list[CheckMessage]:
    """Every message of every check."""
    return [message for check in _CHECKS for message in check()]


def _secret_key() -> Iterator[CheckMessage]:
    """Only where the database is a server's: `make run` makes a key before anything reads it."""
    try:
        is_there = bool(settings.SECRET_KEY)
    except ImproperlyConfigured:
        is_there = False
    if not is_there and _engine() != DATABASES[0]:
        yield Error(
            "There is no secret key.",
            hint="Set ADVISOR_SECRET_KEY, or ADVISOR_SECRET_KEY_FILE to a file that holds it: 50 random characters.",
            id="advisor.E001",
        )


def _public_url() -> Iterator[CheckMessage]:
    parts = urlsplit(settings.PUBLIC_URL)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        yield Error(
            f"ADVISOR_PUBLIC_URL is {settings.PUBLIC_URL!r}, which is no address of a web page.",
            hint="Give it as people type it, with http:// or https:// in front.",
            id="advisor.E002",
        )


def _time_scale() -> Iterator[CheckMessage]:
    if not settings.TIME_SCALE > 0:
        yield Error(
            f"ADVISOR_TIME_SCALE is {settings.TIME_SCALE}: windows and hold times are divided by it.",
            hint="Leave it unset (1), or give a number above 0.",
            id="advisor.E003",
        )


def _periods() -> Iterator[CheckMessage]:
    periods = {
        "ADVISOR_EVALUATE_SECONDS": settings.EVALUATE_SECONDS,
        "ADVISOR_RAW_HOURS": settings.RAW_HOURS,
        "ADVISOR_ROLLUP_DAYS": settings.ROLLUP_DAYS,
        "ADVISOR_KEEP_PARTS_HOURS": settings.KEEP_PARTS_HOURS,
        "ADVISOR_KEEP_EVENTS_DAYS": settings.KEEP_EVENTS_DAYS,
        "ADVISOR_HOUR_DAYS": settings.HOUR_DAYS,
        "ADVISOR_KEEP_SILENT_DAYS": settings.KEEP_SILENT_DAYS,
        "ADVISOR_INGEST_QUEUE_POINTS": settings.INGEST_QUEUE_POINTS,
        **{f"ADVISOR_{name}": getattr(settings, name) for name in _OF_ONE_TOKEN},
    }
    for name, value in periods.items():
        if not value > 0:
            yield Error(f"{name} is {value}.", hint="Leave it unset, or give a number above 0.", id="advisor.E004")
    if settings.EVALUATE_SECONDS > UNSEEN / 2:
        yield Error(
            f"ADVISOR_EVALUATE_SECONDS is {settings.EVALUATE_SECONDS}: after {UNSEEN:.0f} s without a look every hold "
            "time starts anew, so rules would never fire, or never clear.",
            hint=f"Leave it unset (30), or give at most {UNSEEN / 2:.0f}.",
            id="advisor.E009",
        )


def _kept() -> Iterator[CheckMessage]:
    """What is kept fits together; `_periods` tells of what is no time at all."""
    samples, parts, minutes = settings.RAW_HOURS, settings.KEEP_PARTS_HOURS, settings.ROLLUP_DAYS
    if parts > samples > 0:
        yield Error(
            f"ADVISOR_KEEP_PARTS_HOURS is {parts:g}, longer than samples are kept (ADVISOR_RAW_HOURS, {samples:g}): "
            "parts mean nothing without their process or host.",
            hint=f"Leave it unset, or give at most {samples:g}.",
            id="advisor.E010",
        )
    if samples >= minutes * 24 > 0:
        yield Error(
            f"ADVISOR_RAW_HOURS is {samples:g}, and rollups are kept {minutes:g} days (ADVISOR_ROLLUP_DAYS): they "
            "would be gone before the samples that they stand for.",
            hint=f"Give ADVISOR_ROLLUP_DAYS more than {samples / 24:g}, or ADVISOR_RAW_HOURS below {minutes * 24:g}.",
            id="advisor.E011",
        )
    if minutes > settings.HOUR_DAYS > 0:
        yield Error(
            f"ADVISOR_ROLLUP_DAYS is {minutes:g}, longer than rollups of hours are kept (ADVISOR_HOUR_DAYS, "
            f"{settings.HOUR_DAYS:g}): charts of long spans are drawn from hours.",
            hint=f"Give ADVISOR_HOUR_DAYS {minutes:g} or more.",
            id="advisor.E013",
        )
    longest = max(samples / 24, minutes, settings.HOUR_DAYS, settings.KEEP_EVENTS_DAYS)
    if longest > settings.KEEP_SILENT_DAYS > 0:
        yield Error(
            f"ADVISOR_KEEP_SILENT_DAYS is {settings.KEEP_SILENT_DAYS:g}, and data is kept {longest:g} days: nobody "
            "would know any more whose it is.",
            hint=f"Leave it unset, or give {longest:g} or more.",
            id="advisor.E014",
        )
    for name, days, why in (
        (
            "ADVISOR_KEEP_BATCHES_DAYS",
            settings.KEEP_BATCHES_DAYS,
            "a batch may come again for a week, and must be known then",
        ),
        ("ADVISOR_KEEP_COUNTS_DAYS", settings.KEEP_COUNTS_DAYS, "pages tell of the last seven days"),
    ):
        if not days >= _WEEK:
            yield Error(
                f"{name} is {days:g}, less than {_WEEK}: {why}.",
                hint=f"Leave it unset, or give {_WEEK} or more.",
                id="advisor.E012",
            )


def _database() -> Iterator[CheckMessage]:
    if _engine() not in DATABASES:
        yield Error(
            f"ADVISOR_DATABASE_URL asks for {_engine()}.",
            hint="Use sqlite:///path or postgres://user:password@host:5432/name.",
            id="advisor.E005",
        )


def _webhook_ranges() -> Iterator[CheckMessage]:
    for text in settings.WEBHOOK_ALLOW:
        try:
            ipaddress.ip_network(text)
        except ValueError as error:
            yield Error(
                f"ADVISOR_WEBHOOK_ALLOW has {text!r}: {error}.",
                hint="Give address ranges such as 10.0.0.0/8, separated by commas.",
                id="advisor.E006",
            )


def _mail() -> Iterator[CheckMessage]:
    for text in (*settings.MAIL_TO, settings.DEFAULT_FROM_EMAIL):
        if "@" not in text or "\n" in text:
            yield Error(
                f"{text!r} is no mail address.",
                hint="Give ADVISOR_MAIL_TO (commas between) and ADVISOR_MAIL_FROM addresses such as ops@example.com.",
                id="advisor.E007",
            )


def _hosts() -> Iterator[CheckMessage]:
    if "*" in settings.ALLOWED_HOSTS:
        yield Error(
            "ADVISOR_ALLOWED_HOSTS has '*', which would let any web page open the live sockets.",
            hint="Name the hosts that people type, separated by commas.",
            id="advisor.E008",
        )


def _engine() -> str:
    return str(settings.DATABASES["default"]["ENGINE"])


_CHECKS = (_secret_key, _public_url, _time_scale, _periods, _kept, _database, _webhook_ranges, _mail, _hosts)
