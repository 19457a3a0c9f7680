"""Leaves the tests that are about PostgreSQL alone out of a run on SQLite; `make test` runs these tests on both."""

from __future__ import annotations

import pytest
from django.conf import settings


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):
        return
    others = [item for item in items if item.get_closest_marker("postgresql")]
    config.hook.pytest_deselected(items=others)
    items[:] = [item for item in items if item not in others]
