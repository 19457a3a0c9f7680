from __future__ import annotations

from advisor.live import topics


def test_topics_of_things_are_named_by_kind_and_number() -> None:
    assert topics.of("service", [3, 14]) == ["service:3", "service:14"]


def test_only_known_topics_are_accepted_and_every_socket_hears_of_the_feed() -> None:
    wishes = ["fleet", "service:3", "service:x", "other", "service:3\n", "recommendation:9", "user:1"]
    assert topics.accepted(wishes) == {"live", "fleet", "service:3", "recommendation:9"}


def test_a_page_cannot_listen_to_everything_there_is() -> None:
    assert len(topics.accepted(f"service:{number}" for number in range(1000))) == topics.MOST_PER_SOCKET + 1
