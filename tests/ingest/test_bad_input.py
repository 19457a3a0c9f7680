"""Whatever is sent, the answer is never a failure of ours, and what is stored is finite."""

from __future__ import annotations

import asyncio
import json
import math
import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from advisor.fleet import registry, tokens
from advisor.fleet.models import Token
from advisor.ingest.commit import Committer
from advisor.ingest.door import Door
from advisor.ingest.hints import Hints
from advisor.ingest.writer import Writer
from advisor.store.models import Event, HostSample, PartSample, ProcessSample
from advisor.vocabulary import COLUMNS
from advisor.vocabulary.aliases import METRICS
from advisor.vocabulary.events import ATTRIBUTES, EVENTS
from tests.ingest.client import call, pages
from tests.ingest.exports import NOW, Json, attributes, body, protobuf, resource
from tests.ingest.log_exports import event, log_body, logs

INPUTS = int(os.environ.get("ADVISOR_GENERATED_INPUTS", "2000"))


def share(of_all: float) -> settings:
    """So many of the inputs; the tests together make `INPUTS`."""
    return settings(max_examples=round(INPUTS * of_all), deadline=None, suppress_health_check=list(HealthCheck))


names = st.sampled_from(sorted({column.metric for column in COLUMNS} | set(METRICS))) | st.text(max_size=20)
hostile = st.text(max_size=30) | st.sampled_from(
    ["\0", "a\nb", "\u202e", "\u2028", "x" * 5000, "NaN", "../", "'; --", "", "0"]
)
doubles = (
    st.floats(allow_nan=False, allow_infinity=False)
    | st.floats(0, 1)
    | st.sampled_from(["NaN", "Infinity", "-Infinity", None, 1e300, -0.0, 5e-324, "7", "x"])
)
integers = st.integers(-5, 2**64) | st.integers(0, 2**64 - 1).map(str) | st.sampled_from(["", "x", "9" * 40])
times = st.sampled_from([0, round(NOW * 1e9), str(round((NOW - 10) * 1e9))]) | integers
keys = st.sampled_from(
    ["cpu.mode", "state", "http.route", "http.request.method", "http.response.status_code", "error.type", "device"]
)
pairs = st.dictionaries(keys | hostile, hostile | st.integers(-(2**63), 2**63 - 1), max_size=4)
resources = st.fixed_dictionaries(
    {},
    optional={
        "service.name": hostile,
        "service.namespace": hostile,
        "service.instance.id": hostile,
        "host.id": hostile,
        "host.name": hostile,
        "process.pid": st.integers(-5, 2**40) | hostile,
        "process.creation.time": hostile | st.just("2026-11-23T05:00:00Z"),
        "process.command": hostile,
        "telemetry.sdk.name": hostile,
        "advisor.cluster.role": hostile,
    },
)


counts = st.lists(integers, max_size=4)


@st.composite
def points(draw: st.DrawFn) -> Json:
    return {
        "attributes": attributes(draw(pairs)),
        "startTimeUnixNano": draw(times),
        "timeUnixNano": draw(times),
        "asDouble": draw(doubles),
        "count": draw(integers),
        "sum": draw(doubles),
        "min": draw(doubles),
        "max": draw(doubles),
        "bucketCounts": draw(counts),
        "explicitBounds": draw(st.lists(st.floats(-1, 1e300), max_size=3)),
        "scale": draw(st.integers(-30, 30)),
        "zeroCount": draw(integers),
        "positive": {
            "offset": draw(st.integers(-(2**31), 2**31 - 1)),
            "bucketCounts": draw(counts),
        },
    }


@st.composite
def metrics(draw: st.DrawFn) -> Json:
    data = {
        "dataPoints": draw(st.lists(points(), max_size=2)),
        "aggregationTemporality": draw(st.integers(0, 3)),
        "isMonotonic": draw(st.booleans()),
    }
    kind = draw(st.sampled_from(["gauge", "sum", "histogram", "exponentialHistogram", "summary"]))
    return {"name": draw(names), kind: data}


@st.composite
def exports(draw: st.DrawFn) -> bytes:
    parts = st.builds(lambda who, what: resource(who, *what), resources, st.lists(metrics(), max_size=3))
    return body(*draw(st.lists(parts, max_size=2)))


said = st.dictionaries(
    st.sampled_from(sorted(ATTRIBUTES)) | hostile,
    hostile | st.integers(-(2**63), 2**63 - 1) | st.floats() | st.booleans(),
    max_size=6,
)


@st.composite
def log_exports(draw: st.DrawFn) -> bytes:
    names = st.sampled_from(sorted(EVENTS)) | hostile
    record = st.builds(lambda name, at, attrs: {**event(name, attrs), "timeUnixNano": at}, names, times, said)
    parts = st.builds(lambda who, what: logs(who, *what), resources, st.lists(record, max_size=3))
    return log_body(*draw(st.lists(parts, max_size=2)))


class Sender:
    """Sends to a real door over a real database, one loop for all inputs."""

    def __init__(self) -> None:
        registry.forget()  # it remembers rows of the test before
        self.writer = Writer(Committer(Hints(lambda services, hosts: None)), seconds=60.0)
        self.door = Door(pages, self.writer, now=lambda: NOW, requests_per_second=1e9)
        self.runner = asyncio.Runner()
        _, self.secret = tokens.make(Token.Kind.API)

    def send(self, data: bytes, content_type: str, path: str = "/v1/metrics") -> int:
        sent = call(self.door, data, path=path, token=self.secret, content_type=content_type)
        return self.runner.run(sent).status

    def close(self) -> None:
        self.writer.stop()
        self.runner.close()


@pytest.fixture
def sender(transactional_db: None) -> Iterator[Sender]:
    sender = Sender()
    yield sender
    sender.close()


def assert_finite() -> None:
    for model in (ProcessSample, HostSample, PartSample, Event):
        for row in model.objects.values():
            assert all(math.isfinite(value) and value >= 0 for value in row.values() if isinstance(value, float)), row


def test_generated_json_is_answered(sender: Sender) -> None:
    statuses: set[int] = set()

    @share(0.3)
    @given(exports())
    def send(data: bytes) -> None:
        status = sender.send(data, "application/json")
        statuses.add(status)
        assert status in (200, 400, 413), data

    send()
    assert 200 in statuses
    assert_finite()


def test_generated_logs_are_answered(sender: Sender) -> None:
    @share(0.2)
    @given(log_exports())
    def send(data: bytes) -> None:
        assert sender.send(data, "application/json", "/v1/logs") in (200, 400, 413), data

    send()
    assert Event.objects.exists()
    assert_finite()


VALID = protobuf(
    resource(
        {"service.name": "shop", "host.id": "machine-1", "process.pid": 7},
        {"name": "nodejs.eventloop.utilization", "gauge": {"dataPoints": [{"asDouble": 0.5, "timeUnixNano": "0"}]}},
    )
)
mutations = st.lists(st.tuples(st.integers(0, len(VALID) - 1), st.integers(0, 255)), min_size=1, max_size=6)


def test_mutated_protobuf_is_answered(sender: Sender) -> None:
    statuses: set[int] = set()

    @share(0.3)
    @given(mutations, st.binary(max_size=6))
    def send(changes: list[tuple[int, int]], more: bytes) -> None:
        data = bytearray(VALID)
        for position, byte in changes:
            data[position] = byte
        status = sender.send(bytes(data) + more, "application/x-protobuf")
        statuses.add(status)
        assert status in (200, 400, 413)

    send()
    assert statuses >= {200, 400}
    assert_finite()


@pytest.mark.parametrize("path", ["/v1/metrics", "/v1/logs"])
@pytest.mark.parametrize("content_type", ["application/json", "application/x-protobuf"])
def test_noise_is_answered(sender: Sender, content_type: str, path: str) -> None:
    @share(0.05)
    @given(
        st.binary(max_size=200) | st.recursive(st.none() | st.text(), st.lists).map(lambda x: json.dumps(x).encode())
    )
    def send(data: bytes) -> None:
        assert sender.send(data, content_type, path) in (200, 400, 413)

    send()
