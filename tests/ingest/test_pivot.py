from __future__ import annotations

import pytest

from advisor.ingest import otlp_json
from advisor.ingest.attributes import Scalar
from advisor.ingest.pivot import Pivot
from tests.ingest.exports import HOST, NOW, PROCESS, body, gauge, number, resource


def test_one_report_a_resource_in_their_order() -> None:
    data = body(
        resource(HOST, gauge("system.memory.limit", number(1.0))),
        resource(PROCESS, gauge("process.memory.usage", number(2.0), number(3.0, at=NOW - 10))),
    )
    pivoted = Pivot().sort(otlp_json.decode(data), NOW, lambda host: 0.0)
    assert [dict(report.resource) for report in pivoted.reports] == [HOST, PROCESS]
    assert [len(report.readings) for report in pivoted.reports] == [1, 2]


def test_the_clock_is_asked_by_host() -> None:
    asked: list[Scalar | None] = []

    def offset(host: Scalar | None) -> float:
        asked.append(host)
        return 1.0

    named = {"host.name": "vm", "service.name": "a"}
    data = body(resource(PROCESS), resource(named), resource({"service.name": "b"}))
    Pivot().sort(otlp_json.decode(data), NOW, offset)
    assert asked == ["machine-1", "vm", None]


def test_a_resource_that_cannot_be_read_is_an_error() -> None:
    with pytest.raises(ValueError, match=r".+"):
        Pivot().sort(otlp_json.decode(b'{"resourceMetrics":[{"resource":{"attributes":{}}}]}'), NOW, lambda host: 0.0)
