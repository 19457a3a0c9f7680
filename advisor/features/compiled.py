"""Finds what this machine compiled."""

from __future__ import annotations

import importlib
from types import ModuleType


def load(name: str) -> ModuleType | None:
    """A module that `advisor.compile` makes; None where it could not be compiled here, so that Python does its work."""
    try:
        return importlib.import_module(name)
    except ImportError:
        return None
