"""What is tested only where C could be compiled."""

from __future__ import annotations

import pytest


def need(compiled: object) -> None:
    """Skip the test, or the whole module that asks, where what is in C is None."""
    if compiled is None:
        pytest.skip("There is no C compiler, or no headers of Python.", allow_module_level=True)
