"""What no rule looks at: windows must not lack a figure that one does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from advisor.vocabulary import UNJUDGED, Entity, columns_of, judged_of

ADVISOR = Path(__file__).resolve().parents[2] / "advisor"
JUDGING = ("features", "rules", "strategies", "diagnosis", "engine", "pipeline", "recommendations", "pages")


def words_of_judging() -> set[str]:
    """All words in quotes of the code that gets windows."""
    sources = (path.read_text() for folder in JUDGING for path in (ADVISOR / folder).rglob("*.py"))
    return set(re.findall(r"[\"'](\w+)[\"']", "\n".join(sources)))


@pytest.mark.parametrize("entity", UNJUDGED)
def test_no_rule_names_what_windows_leave_out(entity: Entity) -> None:
    words = words_of_judging()
    assert "loop_active" in words
    assert UNJUDGED[entity] & words == set()


@pytest.mark.parametrize("entity", Entity)
def test_what_is_judged_is_the_rest_in_the_order_of_the_store(entity: Entity) -> None:
    left_out = UNJUDGED.get(entity, frozenset())
    assert left_out <= set(columns_of(entity))
    assert [name for name in columns_of(entity) if name not in left_out] == list(judged_of(entity))
