"""What anybody may send as OTLP/JSON: right, nearly right, and made to hurt."""

from __future__ import annotations

import json
import time
from typing import Any, Final

from hypothesis import strategies as st

from advisor.vocabulary import COLUMNS
from advisor.vocabulary.aliases import METRICS
from advisor.vocabulary.events import ATTRIBUTES, EVENTS
from tests.chaos.asker import JSON, PROTOBUF, Request
from tests.ingest.exports import Json, attributes

START: Final = time.time()
"""Unix seconds around which the points lie."""

ODD: Final = (
    "\0",
    "a\nb\x1b[2J",
    "\u202e\u2066",
    "\u2028",
    "\ud800",
    "x\udfff",
    "NaN",
    "../",
    "'; --",
    "",
    "0",
    "☃" * 700,
)
KINDS: Final = ("gauge", "sum", "histogram", "exponentialHistogram", "summary")
_LONG_RARELY: Final = (1_000, 1_025, 5_000, 100_000, 1_000_000)
"""Characters of texts that are long; each is one text of 400."""

names = st.sampled_from(sorted({column.metric for column in COLUMNS} | set(METRICS))) | st.text(max_size=20)
rare = st.integers(0, 99).map(lambda place: _LONG_RARELY[place] if place < len(_LONG_RARELY) else 0)
hostile = st.one_of(st.text(max_size=30), st.sampled_from(ODD), st.sampled_from(ODD), rare.map(lambda size: "z" * size))
keys = st.sampled_from(
    ["cpu.mode", "state", "http.route", "http.request.method", "http.response.status_code", "error.type", "device"]
)
doubles = st.one_of(
    st.floats(0, 1),
    st.floats(),
    st.sampled_from(["NaN", "Infinity", "-Infinity", None, 1e300, -0.0, 5e-324, 1e38, 1e39, 2**53, "7", "x"]),
)
integers = st.one_of(
    st.integers(-5, 2**64),
    st.integers(0, 2**64 - 1).map(str),
    st.sampled_from(["", "x", "9" * 40, "٣", "1_0", " 1", 2**63, -(2**63) - 1, 1.5, True]),
)


def nanos(before: int) -> str:
    """So many microseconds before the start."""
    return str(int(START * 1e6) * 1000 - before * 1000)


near = st.integers(-(2**28), 47 * 3600 * 10**6).map(nanos)
times = st.one_of(near, near, near, st.just(0), integers)
counts = st.lists(st.integers(0, 50) | integers, max_size=6)
scalars = st.one_of(
    hostile.map(lambda text: {"stringValue": text}),
    st.integers(-(2**63), 2**64).map(lambda number: {"intValue": number}),
    integers.map(lambda number: {"intValue": number}),
    doubles.map(lambda number: {"doubleValue": number}),
    st.booleans().map(lambda truth: {"boolValue": truth}),
    st.sampled_from([{}, None, {"bytesValue": "AA=="}, {"stringValue": None}, {"stringValue": 7}, 7, []]),
)


def _deep(levels: int) -> Json:
    value: Json = {"stringValue": "deep"}
    for level in range(levels):
        value = {"arrayValue": {"values": [value]}} if level % 2 else {"kvlistValue": {"values": [_pair("k", value)]}}
    return value


def _pair(key: str, value: Any) -> Json:
    return {"key": key, "value": value}


values = st.one_of(scalars, scalars, scalars, st.sampled_from([1, 15, 40, 150]).map(lambda levels: _deep(levels)))
pairs = st.lists(st.builds(_pair, st.one_of(keys, keys, hostile), values), max_size=4)
who = st.fixed_dictionaries(
    {},
    optional={
        "service.name": st.sampled_from(["shop", "till"]) | hostile,
        "service.namespace": hostile,
        "service.instance.id": st.sampled_from(["one", "two"]) | hostile,
        "host.id": st.sampled_from(["here", "there"]) | hostile,
        "host.name": hostile,
        "process.pid": st.integers(-5, 2**40) | hostile,
        "process.creation.time": hostile | st.just("2026-11-23T05:00:00Z"),
        "process.command": hostile,
        "process.command_line": hostile | st.just("node --password=secret app.js"),
        "container.id": hostile,
        "telemetry.sdk.name": st.sampled_from(["advisor-agent", "advisor-probe", "opentelemetry"]) | hostile,
        "advisor.cluster.role": hostile,
    },
)
resources = st.one_of(
    who.map(lambda said: {"attributes": attributes(said)}),
    pairs.map(lambda said: {"attributes": said}),
    st.sampled_from([None, {}, {"attributes": None}]),
)
_POINT: Final = {
    "attributes": pairs,
    "startTimeUnixNano": times,
    "timeUnixNano": times,
    "asDouble": doubles,
    "asInt": integers,
    "count": integers,
    "sum": doubles,
    "min": doubles,
    "max": doubles,
    "bucketCounts": counts,
    "explicitBounds": st.lists(st.floats(-1, 1e300), max_size=5) | st.just([0.1, 0.5, 1, 5, 10]),
    "scale": st.integers(-30, 30),
    "zeroCount": integers,
    "positive": st.fixed_dictionaries(
        {}, optional={"offset": st.integers(-(2**31), 2**31 - 1) | st.integers(-20, 20), "bucketCounts": counts}
    ),
    "flags": st.sampled_from([0, 1, 2**32 - 1]),
    "quantileValues": st.just([{"quantile": 0.5, "value": 1.0}]),
    "unknown": values,
}
points = st.fixed_dictionaries({}, optional=_POINT)


@st.composite
def metrics(draw: st.DrawFn) -> Json:
    """One metric of any kind."""
    data = {
        "dataPoints": draw(st.lists(points, max_size=3) | st.none()),
        "aggregationTemporality": draw(st.integers(0, 3)),
        "isMonotonic": draw(st.booleans()),
    }
    return {"name": draw(names | hostile), draw(st.sampled_from(KINDS)): data}


@st.composite
def exports(draw: st.DrawFn) -> Json:
    """Metrics of some resources; a resource may be there twice."""
    found = []
    for _ in range(draw(st.integers(0, 2))):
        scope = {"scope": {"name": draw(hostile)}, "metrics": draw(st.lists(metrics(), max_size=3))}
        found.append({"resource": draw(resources), "scopeMetrics": [scope]})
    return {"resourceMetrics": found * draw(st.sampled_from([1, 1, 1, 2]))}


said = st.dictionaries(
    st.sampled_from(sorted(ATTRIBUTES)) | hostile,
    hostile | st.integers(-(2**63), 2**63 - 1) | st.floats() | st.booleans(),
    max_size=6,
)


@st.composite
def log_exports(draw: st.DrawFn) -> Json:
    """Events, and what is none."""
    record = st.fixed_dictionaries(
        {"eventName": st.sampled_from(sorted(EVENTS)) | hostile},
        optional={
            "timeUnixNano": times,
            "observedTimeUnixNano": times,
            "attributes": said.map(attributes) | pairs,
            "body": values,
        },
    )
    scope = {"logRecords": draw(st.lists(record, max_size=3) | st.none())}
    return {"resourceLogs": [{"resource": draw(resources), "scopeLogs": [scope]}]}


def _text(export: Json, raw: bool) -> bytes:
    """As JSON; raw, lone surrogates become bytes that are no UTF-8."""
    return json.dumps(export, ensure_ascii=not raw).encode("utf-8", "surrogatepass")


def json_requests() -> st.SearchStrategy[Request]:
    """Metrics and logs as JSON."""
    return st.one_of(
        st.builds(lambda export, raw: Request(_text(export, raw)), exports(), st.booleans()),
        st.builds(lambda export, raw: Request(_text(export, raw)), exports(), st.booleans()),
        st.builds(lambda export, raw: Request(_text(export, raw), JSON, "/v1/logs"), log_exports(), st.booleans()),
    )


noise = st.builds(
    Request, st.binary(max_size=200), st.sampled_from([JSON, PROTOBUF]), st.sampled_from(["/v1/metrics", "/v1/logs"])
)
