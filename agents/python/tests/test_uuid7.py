from __future__ import annotations

import time
import uuid

import pytest

from advisor_agent.uuid7 import is_uuid, time_of, uuid7


def test_the_standard_library_reads_it_as_version_7():
    made = uuid.UUID(uuid7())
    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert abs((made.int >> 80) / 1000 - time.time()) < 60


def test_text_sorts_by_creation_and_never_repeats():
    made = []
    for _ in range(200):
        made.append(uuid7())
        now = time.monotonic_ns()
        while time.monotonic_ns() - now < 500:  # a step of the 12-bit fraction is 244 ns
            pass
    assert made == sorted(made)
    assert len(set(made)) == 200


def test_it_says_when_it_was_made():
    assert abs(time_of(uuid7()) - time.time()) < 60
    assert time_of("017f22e2-79b0-7cc3-98c4-dc0c0c07398f") == 1_645_557_742.0  # RFC 9562, appendix A.6


@pytest.mark.parametrize("text", ["", "x", "0" * 36, "01a20707-3197-7693-b26b-37217305666g"])
def test_other_text_is_no_uuid(text):
    assert not is_uuid(text)


def test_its_own_is_one():
    assert is_uuid(uuid7())
