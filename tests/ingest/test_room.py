from __future__ import annotations

import pytest

from advisor.ingest.answers import Refusal
from advisor.ingest.room import Room


def test_what_a_body_held_is_free_again_when_it_is_done() -> None:
    room = Room(100)
    with room.share() as share:
        share.grow(30)
        share.grow(60)
        share.grow(10)
        assert room.free == 40
    assert room.free == 100


def test_where_no_room_is_left_a_body_is_refused_and_the_others_go_on() -> None:
    room = Room(100)
    with room.share() as first:
        first.grow(90)
        with pytest.raises(Refusal) as caught, room.share() as second:
            second.grow(11)
        assert caught.value.status == 503
        assert b"retry-after" in dict(caught.value.headers)
        assert room.free == 10
        first.grow(100)
    assert room.free == 100
