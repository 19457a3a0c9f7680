"""events: the table that the probe, ingest and the pages read must not contradict itself."""

from __future__ import annotations

import pytest

from advisor.vocabulary.events import ATTRIBUTES, EVENTS, Event


@pytest.mark.parametrize("event", EVENTS.values(), ids=lambda event: event.name)
def test_each_event_is_well_formed(event: Event) -> None:
    assert event.name.startswith("advisor.")
    assert event.brief.endswith(".")
    assert set(event.attributes) <= set(ATTRIBUTES)
    assert len(event.attributes) == len(set(event.attributes))


def test_every_attribute_is_said_by_some_event_and_has_its_own_column() -> None:
    assert {key for event in EVENTS.values() for key in event.attributes} == set(ATTRIBUTES)
    assert len(set(ATTRIBUTES.values())) == len(ATTRIBUTES)
