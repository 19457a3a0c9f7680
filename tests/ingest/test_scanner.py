"""The compiled scanner and Python read every body alike, so which of them does it is a matter of speed alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Raw

from advisor.features.histogram import Histogram
from advisor.ingest import otlp_json, otlp_proto
from advisor.ingest.answers import Refusal
from advisor.ingest.figures import Figures
from advisor.ingest.meaning import Meanings
from advisor.ingest.pivot import Pivot, Pivoted
from advisor.ingest.points import Export
from advisor.ingest.readings import Reading
from advisor.ingest.scanned import JSON, PROTOBUF, Wire
from advisor.ingest.scanner import scanner, teach
from advisor.ingest.steps import finish
from tests.compilers import need
from tests.ingest.bodies import as_json, as_protobuf, made, mutated
from tests.ingest.exports import (
    HOST,
    NOW,
    PROCESS,
    body,
    counter,
    exponential,
    exponential_point,
    gauge,
    number,
    resource,
)

if TYPE_CHECKING:
    from advisor.ingest import _scan

need(scanner())

SCANNING, SORTING = Pivot(), Pivot()
Decode = Callable[[bytes], Export]
SEEDS: Final = st.integers(0, 1 << 30)


def no_offset(host: object) -> float:
    return 0.0


def scanned(data: bytes, wire: Wire = JSON, pivot: Pivot = SCANNING) -> Pivoted | None:
    """What the scanner makes of a body once it knows all attributes; None where it leaves it to Python."""
    finish(pivot.read(data, wire, NOW, no_offset))
    found = finish(pivot.read(data, wire, NOW, no_offset))
    return found and unpacked(found)


def unpacked(pivoted: Pivoted) -> Pivoted:
    """With its readings where Python has them."""
    for report in pivoted.reports:
        report.unpack()
    return pivoted


def figures(row: Figures) -> tuple[Any, ...]:
    """All of a row. Both ways add up in orders of their own, which shows in the last digits."""
    values = {column: float(f"{value:.12g}") for column, value in row.values.items()}
    return row.span, values, row.spans, row.histogram()


def reading(one: Reading) -> tuple[Any, ...]:
    parts = {place: figures(row) for place, row in one.parts.items() if row.values}
    return one.span, figures(one.process), figures(one.host), parts


def told(pivoted: Pivoted) -> list[Any]:
    """All that matters of it; a reading without figures does not."""
    reports = [
        (dict(r.resource), r.points, r.running, {t: reading(one) for t, one in r.readings.items() if says(one)})
        for r in pivoted.reports
    ]
    return [pivoted.points, +pivoted.rejected, +pivoted.ignored, reports]


def says(one: Reading) -> bool:
    return bool(one.process.values or one.host.values or any(row.values for row in one.parts.values()))


def check(data: bytes, wire: Wire, decode: Decode) -> bool:
    """Whether the scanner took the body; if so, both ways come out the same."""
    found = scanned(data, wire)
    if found is None:
        return False
    assert told(found) == told(SORTING.sort(decode(data), NOW, no_offset))
    return True


@settings(max_examples=600, deadline=None)
@given(SEEDS)
def test_json_is_read_as_python_reads_it(seed: int) -> None:
    data = as_json(made(seed), seed)
    check(data, JSON, otlp_json.decode)
    check(mutated(data, seed), JSON, otlp_json.decode)


@settings(max_examples=600, deadline=None)
@given(SEEDS)
def test_protobuf_is_read_as_python_reads_it(seed: int) -> None:
    data = as_protobuf(made(seed))
    if data is not None:
        check(data, PROTOBUF, otlp_proto.decode)
        check(mutated(data, seed), PROTOBUF, otlp_proto.decode)


def test_most_of_what_agents_send_is_left_to_nobody() -> None:
    data = body(resource(HOST, gauge("system.memory.limit", number(4096.0))), resource(PROCESS, *(plain())))
    found = scanned(data)
    assert found is not None
    assert [len(report.readings) for report in found.reports] == [1, 1]
    compiled = SCANNING._scanner
    assert compiled is not None
    assert [(told.is_slow, told.odd, told.unknown) for told in apart(compiled, data)] == [(False, [], [])] * 2


def apart(compiled: _scan.Scanner, data: bytes) -> list[_scan.Resource]:
    found = compiled.json(data, True)
    assert isinstance(found, list)
    return found


def plain() -> list[dict[str, Any]]:
    return [
        counter("process.cpu.time", number(1.5, span=10.0, attrs={"cpu.mode": "user"})),
        exponential("http.server.request.duration", exponential_point([0, 3, 1], 2, 0.5, max=0.3)),
    ]


def test_attributes_that_nobody_has_seen_are_learned_in_steps_and_nothing_is_sorted_in_python() -> None:
    points = [exponential_point([1], -20, 0.1, attrs={"http.route": f"/{place}"}) for place in range(50)]
    data, pivot, turns = body(resource(PROCESS, exponential("http.server.request.duration", *points))), Pivot(), [0]

    def one_more() -> None:
        turns[0] += 1

    found = finish(pivot.read(data, JSON, NOW, no_offset), one_more)
    assert found is not None
    assert turns == [5]
    assert pivot._meanings.known == {}
    assert told(unpacked(found)) == told(SORTING.sort(otlp_json.decode(data), NOW, no_offset))


def test_a_distribution_is_encoded_as_python_does() -> None:
    counts = [0, 1, 127, 128, 2**40, 2**62, 2**63 - 1, 0]
    for offset, zeros in ((-20, 0), (2**30, 7)):
        point = exponential_point(counts, offset, 12.5, count="5", zeroCount=zeros, min=0.001)
        found = scanned(body(resource(PROCESS, exponential("http.server.request.duration", point))))
        assert found is not None
        (one,) = found.reports[0].readings.values()
        expected = Histogram.from_exponential(3, zeros, offset, counts, 12.5, 0.001)
        assert one.process.whole == [expected.encode()]


@pytest.mark.parametrize(
    "value", ["0.1", "123456789012345678", "5e-324", "1.7976931348623157e308", "0.30000000000000004"]
)
def test_numbers_are_rounded_as_python_rounds_them(value: str) -> None:
    data = body(resource(HOST, gauge("system.memory.limit", number(1.0)))).replace(b"1.0", value.encode())
    found, expected = scanned(data), SORTING.sort(otlp_json.decode(data), NOW, no_offset)
    assert found is not None
    assert told(found) == told(expected)


def unknown(compiled: _scan.Scanner, data: bytes) -> list[_scan.Unknown]:
    return [pair for told in apart(compiled, data) for pair in told.unknown]


def test_what_is_learned_is_bounded() -> None:
    compiled, meanings = scanner(), Meanings()
    assert compiled is not None
    names = [b"%d" % index for index in range(30_000)]
    for name in names:
        compiled.learn(name, b"[]", None)
    known = body(resource(PROCESS, gauge("process.memory.usage", number(1.0))))
    finish(teach(compiled, meanings, unknown(compiled, known), Raw))
    assert unknown(compiled, known) == []
    for name in names[:9_000]:  # less than a generation: what is in use stays
        compiled.learn(name + b"x", b"[]", None)
    assert unknown(compiled, known) == []
    for name in names[:21_000]:  # nobody asked for it meanwhile
        compiled.learn(name + b"y", b"[]", None)
    assert unknown(compiled, known) == [(b"process.memory.usage", b"[]")]


def test_attributes_that_cannot_be_read_are_refused_as_python_refuses_them() -> None:
    data = body(resource(PROCESS, gauge("process.memory.usage", number(1.0)))).replace(
        b'"attributes": []', b'"attributes": [}]'
    )
    assert scanned(data) is None
    with pytest.raises(Refusal):
        otlp_json.decode(data)


@pytest.mark.parametrize("wrong", [None, 7, "x"])
def test_a_body_is_bytes(wrong: Any) -> None:
    compiled = scanner()
    assert compiled is not None
    with pytest.raises(TypeError, match="bytes"):
        compiled.json(wrong)
