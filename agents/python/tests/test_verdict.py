from __future__ import annotations

import pytest

from advisor_agent.verdict import dropping, explained, left_out, meaning, retry_after, status_message


@pytest.mark.parametrize(
    ("word", "statuses"),
    [
        ("taken", (200, 202, 204)),
        ("dropped", (400, 413, 415, 422)),
        ("later", (301, 401, 403, 404, 408, 429, 500, 502, 503, 504, 507)),
    ],
)
def test_meaning(word, statuses):
    assert {meaning(status, "metrics") for status in statuses} == {word}


def test_events_that_a_server_has_no_path_for_are_dropped_and_nothing_else_is():
    assert meaning(404, "logs") == "dropped"
    assert {meaning(status, "logs") for status in (401, 403, 429, 503)} == {"later"}
    assert "takes no events (404)" in dropping(404, b"", "logs")
    assert dropping(400, b'{"message": "bad time"}', "logs").endswith("it is dropped. 400: bad time")


def test_the_servers_own_words_are_told_unless_we_know_better():
    body = b'{"code": 3, "message": "bad time"}'
    assert explained(400, body) == "400: bad time"
    assert "ADVISOR_TOKEN" in explained(401, body)
    assert explained(500, b"<html>") == "500"


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b'{"message": 5}', b"[" * 100_000])
def test_an_odd_body_is_no_trouble(body):
    assert status_message(body) == ""
    assert left_out(body) == ("", "")


@pytest.mark.parametrize("count", [b"3", b'"3"'])
@pytest.mark.parametrize(("key", "unit"), [(b"rejectedDataPoints", "points"), (b"rejectedLogRecords", "events")])
def test_partial_success(key, unit, count):
    body = b'{"partialSuccess": {"%s": %s, "errorMessage": "too old"}}' % (key, count)
    assert left_out(body) == (f"3 {unit}", "too old")


@pytest.mark.parametrize(
    "partial",
    [
        b"{}",
        b"null",
        b'{"rejectedLogRecords": "0"}',
        b'{"rejectedLogRecords": "-1"}',
        b'{"rejectedLogRecords": "\\u00b2"}',
    ],
)
def test_nothing_was_left_out(partial):
    assert left_out(b'{"partialSuccess": %s}' % partial) == ("", "")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("7", 7),
        ("999999", 3600),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 60),
        ("Sun, 06 Nov 1994 08:00:00 GMT", 0),
        ("", 0),
        ("-5", 0),
        ("soon", 0),
        ("\u00b2", 0),
        ("9" * 5000, 0),
    ],
)
def test_retry_after(text, seconds):
    assert retry_after(text, now=784_111_717) == seconds
