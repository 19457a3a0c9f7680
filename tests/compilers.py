"""What is tested only where C could be compiled."""

from __future__ import annotations

import pytest

MISSING = "There is no C compiler, or no headers of Python."
"""Why such a test is skipped."""


def need(compiled: object) -> None:
    """Skip the test, or the whole module that asks, where what is in C is None."""
    if compiled is None:
        pytest.skip(MISSING, allow_module_level=True)
