"""aliases: old names become today's, and today's stay."""

from __future__ import annotations

import pytest

from advisor.vocabulary import COLUMNS, canonical
from advisor.vocabulary.aliases import ATTRIBUTES, METRICS


@pytest.mark.parametrize("old", list(METRICS))
def test_an_old_name_becomes_one_that_is_stored(old: str) -> None:
    assert canonical(old)[0] in {c.metric for c in COLUMNS}


def test_milliseconds_become_seconds() -> None:
    assert canonical("http.server.duration") == ("http.server.request.duration", 0.001)


def test_today_s_and_unknown_names_stay() -> None:
    assert all(canonical(c.metric) == (c.metric, 1.0) for c in COLUMNS)
    assert canonical("queue.length") == ("queue.length", 1.0)


def test_no_alias_leads_to_an_alias() -> None:
    assert not {new for new, _ in METRICS.values()} & set(METRICS)
    assert not set(ATTRIBUTES.values()) & set(ATTRIBUTES)
