"""The one way in which a start says no."""

from __future__ import annotations


class CannotStartError(Exception):
    """What is wrong and what to do about it, in one sentence."""
