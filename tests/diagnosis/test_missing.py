"""missing: which signal, and who would send it."""

from __future__ import annotations

import pytest

from advisor.diagnosis.missing import find_column, what_to_add
from advisor.vocabulary import Entity


@pytest.mark.parametrize(
    ("column", "words"),
    [
        ("loop_delay_max", "load the probe"),
        ("requests", "load the probe"),
        ("heap_limit", "load the probe"),
        ("cpu_main", "run the agent on the host"),
        ("cpu_idle", "run the agent on the host"),
    ],
)
def test_the_sender_is_named(column: str, words: str) -> None:
    assert words in what_to_add((column, "another"))
    assert find_column(column).metric in what_to_add((column,))


def test_a_process_comes_before_its_host() -> None:
    assert find_column("cpu_user").entity is Entity.PROCESS


def test_an_unknown_column_is_an_error() -> None:
    with pytest.raises(KeyError, match="no column loop_mood"):
        find_column("loop_mood")
