"""Which records are events, and which of their parts can be true."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from advisor.ingest import limits, otlp_json, rejection
from advisor.ingest.pivot import Pivot, Pivoted
from advisor.store.events import HOURLY
from tests.ingest.exports import HOST, NOW, PROCESS, Json, nanos
from tests.ingest.log_exports import BLOCKED, EXITED, PROFILED, STARTED, event, log_body, logs

ACTIVE = "advisor.process.exit.active_requests"
DURATION, SHARE, LINE, ORDINAL = "advisor.duration", "advisor.share", "code.line.number", "advisor.event.ordinal"


def pivoted(*records: Json, who: Mapping[str, object] = PROCESS, offset: float = 0.0) -> Pivoted:
    export = otlp_json.decode_logs(log_body(logs(who, *records)))
    return Pivot().sort_logs(export, NOW, lambda host: offset)


def only(record: Json) -> dict[str, Any]:
    """What the one event of the record says, by column."""
    (report,) = pivoted(record).reports
    (found,) = report.events
    return {"name": found.name, "time_us": found.time_us, "ordinal": found.ordinal, **found.values}


def test_an_event_is_read_into_its_columns() -> None:
    said: dict[str, object] = {
        "advisor.cause": "uncaught-exception",
        "process.exit.code": 1,
        "advisor.process.exit.signal": "SIGKILL",
        ACTIVE: 6,
        "advisor.process.exited.pid": 77,
        "exception.type": "RangeError",
        "code.function.name": "boom",
        "code.file.path": "/srv/app.js",
        "code.line.number": 12,
    }
    assert only(event(EXITED, said)) == {
        "name": EXITED,
        "time_us": NOW * 1e6,
        "ordinal": 0,
        "cause": "uncaught-exception",
        "exit_code": 1,
        "signal": "SIGKILL",
        "active": 6,
        "pid": 77,
        "exception": "RangeError",
        "function": "boom",
        "file": "/srv/app.js",
        "line": 12,
    }


def test_a_profile_tells_its_functions_apart() -> None:
    found = only(event(PROFILED, {DURATION: 2, SHARE: 1.0, ORDINAL: 3}))
    assert (found["ordinal"], found["duration"], found["share"]) == (3, 2.0, 1.0)


def test_attributes_that_the_event_does_not_have_are_not_read() -> None:
    found = only(event(STARTED, {DURATION: -1.0, "http.route": "/"}))
    assert set(found) == {"name", "time_us", "ordinal"}
    assert set(only(event(BLOCKED, {"code.function.name": ""}))) == {"name", "time_us", "ordinal"}


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({DURATION: -0.1}, rejection.BAD_DURATION),
        ({DURATION: "NaN"}, rejection.BAD_DURATION),
        ({DURATION: limits.PAST_SECONDS + 1}, rejection.BAD_DURATION),
        ({DURATION: True}, rejection.BAD_DURATION),
        ({SHARE: -0.1}, rejection.BAD_SHARE),
        ({SHARE: 1.1}, rejection.BAD_SHARE),
        ({LINE: 0}, rejection.BAD_INTEGER),
        ({LINE: -3}, rejection.BAD_INTEGER),
        ({LINE: 1.5}, rejection.BAD_INTEGER),
        ({LINE: "7"}, rejection.BAD_INTEGER),
        ({LINE: 2**31}, rejection.BAD_INTEGER),
        ({ORDINAL: -1}, rejection.BAD_INTEGER),
        ({"code.file.path": 7}, rejection.EVENT_UNREADABLE),
    ],
)
def test_what_cannot_be_true_is_left_out_alone(said: dict[str, object], reason: str) -> None:
    found = pivoted(event(PROFILED, said), event(PROFILED, {DURATION: 1.0}))
    assert dict(found.rejected) == {reason: 1}
    assert [seen.values for seen in found.reports[0].events] == [{"duration": 1.0}]


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "x"])
@pytest.mark.parametrize("key", [DURATION, SHARE, LINE])
def test_numbers_that_are_not_finite_are_left_out(key: str, value: str) -> None:
    record = event(PROFILED)
    record["attributes"] = [{"key": key, "value": {"doubleValue": value}}]
    assert pivoted(record).rejected.total() == 1
    assert pivoted(record).reports == []


@pytest.mark.parametrize("requests", [-1, 0.5, "6"])
def test_requests_in_flight_are_counted_in_whole_numbers(requests: object) -> None:
    assert only(event(EXITED, {ACTIVE: 0}))["active"] == 0
    assert dict(pivoted(event(EXITED, {ACTIVE: requests})).rejected) == {rejection.BAD_INTEGER: 1}


@pytest.mark.parametrize("code", [-(2**31) - 1, 2**32])
def test_an_exit_code_has_32_bits(code: int) -> None:
    assert only(event(EXITED, {"process.exit.code": 3221225477}))["exit_code"] == 3221225477
    assert dict(pivoted(event(EXITED, {"process.exit.code": code})).rejected) == {rejection.BAD_INTEGER: 1}


@pytest.mark.parametrize(
    ("at", "reason"),
    [
        (NOW + limits.FUTURE_SECONDS + 1, rejection.EVENT_IN_THE_FUTURE),
        (NOW - limits.PAST_SECONDS - 1, rejection.EVENT_TOO_OLD),
    ],
)
def test_times_beyond_the_limits_are_left_out_once_the_clock_is_put_right(at: float, reason: str) -> None:
    assert dict(pivoted(event(STARTED, at=at)).rejected) == {reason: 1}
    assert pivoted(event(STARTED, at=at), offset=NOW - at).rejected.total() == 0


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ({"timeUnixNano": nanos(NOW - 9), "observedTimeUnixNano": nanos(NOW - 5)}, NOW - 9),
        ({"timeUnixNano": "0", "observedTimeUnixNano": nanos(NOW - 5)}, NOW - 5),
        ({}, NOW - 2),
    ],
)
def test_an_event_without_a_time_happened_when_it_was_seen_or_received(times: Json, expected: float) -> None:
    record = {"eventName": STARTED, **times}
    (report,) = pivoted(record, offset=2.0).reports
    assert report.events[0].time_us == expected * 1e6
    assert report.latest_event == expected + 2.0


@pytest.mark.parametrize("time", ["x", "9" * 40, -5])
def test_an_unreadable_time_is_left_out(time: object) -> None:
    assert pivoted({"eventName": STARTED, "timeUnixNano": time}).rejected.total() == 1


@pytest.mark.parametrize("name", ["", "device.app.lifecycle", "advisor.process.paused"])
def test_other_records_are_told_where_to_go(name: str) -> None:
    found = pivoted(event(name), event(STARTED))
    ((reason, count),) = found.rejected.items()
    assert (count, len(found.reports[0].events)) == (1, 1)
    assert "OTEL_LOGS_EXPORTER=none" in reason


def test_a_machine_has_no_events() -> None:
    found = pivoted(event(STARTED), event(STARTED, at=NOW - 1), who=HOST)
    assert dict(found.rejected) == {rejection.EVENT_OF_NOBODY: 2}
    assert found.reports == []


def test_long_and_odd_text_is_cut_and_cleaned() -> None:
    found = only(event(BLOCKED, {"code.function.name": "a\x00b\u202ec\nd", "code.file.path": "x" * 5000}))
    assert found["function"] == "a b c d"
    assert len(found["file"]) == limits.STRING_CHARACTERS


def test_the_words_name_the_limit_of_the_store() -> None:
    assert f"{HOURLY:,}" in rejection.NO_ROOM
