"""Leaves tests that are about one database alone out of a run on the other; `make test` runs these tests on both."""

from __future__ import annotations

import pytest
from django.conf import settings


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    is_postgresql = settings.DATABASES["default"]["ENGINE"].endswith("postgresql")
    other = "sqlite" if is_postgresql else "postgresql"
    others = [item for item in items if item.get_closest_marker(other)]
    config.hook.pytest_deselected(items=others)
    items[:] = [item for item in items if item not in others]
