"""What is not there is no error: Python does its work."""

from __future__ import annotations

from advisor.features import packing
from advisor.features.compiled import load


def test_what_is_there_is_loaded() -> None:
    assert load("advisor.features.packing") is packing


def test_what_could_not_be_compiled_is_none() -> None:
    assert load("advisor.features._never_compiled") is None
