"""Every table that grows has a class, and every class a setting that says for how long it is kept."""

from __future__ import annotations

from datetime import UTC, date, datetime

from django.apps import apps
from pytest_django.fixtures import Settings

from advisor.store import retention
from advisor.store.models import HourMark, RollupMark


def test_no_table_grows_for_ever() -> None:
    aged = [model for kept in retention.CLASSES for model, _ in kept.tables]
    grown = set(apps.get_app_config("store").get_models()) - {RollupMark, HourMark}  # rows go when they are rolled up
    assert len(aged) == len(set(aged))
    assert set(aged) == grown


def test_each_class_is_found_by_its_tables(settings: Settings) -> None:
    settings.KEEP_PARTS_HOURS = 7.0
    assert retention.of("store_partsample") is retention.PARTS
    assert retention.of("store_hostminute") is retention.MINUTES
    assert retention.PARTS.seconds == 7 * 3600


def test_samples_stay_a_little_longer_so_that_no_hour_is_half_deleted(settings: Settings) -> None:
    settings.RAW_HOURS, settings.ROLLUP_DAYS = 48.0, 30.0
    now = datetime(2026, 3, 31, tzinfo=UTC)
    assert datetime.fromtimestamp(retention.SAMPLES.until(now), UTC) == datetime(2026, 3, 28, 22, tzinfo=UTC)
    assert datetime.fromtimestamp(retention.MINUTES.until(now), UTC) == datetime(2026, 3, 1, tzinfo=UTC)


def test_a_moment_is_told_in_the_words_of_each_column() -> None:
    moment = 1_763_870_461.5
    told = [age.at(moment) for age in (retention.AT, retention.MINUTE, retention.CALENDAR)]
    assert told == [1_763_870_461_500_000, 29_397_841, date(2025, 11, 23)]
