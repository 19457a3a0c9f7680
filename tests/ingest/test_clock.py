from __future__ import annotations

import pytest

from advisor.ingest.clock import ClockBook


def test_travel_time_is_no_offset() -> None:
    book = ClockBook()
    assert [book.offset(1, "a", 100.0 + x, 100.0) for x in (0.01, 0.4, 0.02)] == [0.0, 0.0, 0.0]


@pytest.mark.parametrize("off", [3600.0, -3600.0, 86400.0])
def test_a_clock_that_is_off_is_known_from_the_first_request(off: float) -> None:
    book = ClockBook()
    assert book.offset(1, "a", 1000.0 + off, 1000.0) == off
    assert book.offset(1, "a", 1010.1 + off, 1010.0) == off
    assert book.offset(1, "b", 1000.0, 1000.0) == 0.0


def test_one_slow_request_does_not_move_the_clock() -> None:
    book = ClockBook()
    found = [book.offset(1, "a", sent + delay, sent) for sent, delay in ((10.0, 0.01), (20.0, 4.0), (30.0, 0.01))]
    assert found == [0.0, 0.0, 0.0]


def test_a_clock_that_is_set_right_is_followed() -> None:
    book = ClockBook()
    book.offset(1, "a", 4600.0, 1000.0)
    assert book.offset(1, "a", 4610.0, 4610.0) == 0.0


def test_who_does_not_say_when_it_sends_keeps_what_is_known() -> None:
    book = ClockBook()
    assert book.offset(1, "a", 10.0, None) == 0.0
    book.offset(1, "a", 3610.0, 10.0)
    assert book.offset(1, "a", 3620.0, None) == 3600.0


def test_a_sender_that_does_not_say_has_the_clock_of_its_host() -> None:
    book = ClockBook()
    book.offset(1, "a", 3610.0, 10.0)
    assert book.offset(2, "a", 3620.0, None) == 3600.0
    assert book.offset(2, "b", 3620.0, None) == 0.0
    assert book.offset(2, "a", 3620.0, 3620.0) == 0.0


def test_memory_is_bounded() -> None:
    book = ClockBook()
    for sender in range(20_100):
        book.offset(1, sender, 0.0, 0.0)
    assert book._measured.held <= 20_000
