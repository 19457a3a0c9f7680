"""Builds OTLP exports of logs for the tests, as JSON and as protobuf."""

from __future__ import annotations

import json
from collections.abc import Mapping

from google.protobuf import json_format
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest

from advisor.vocabulary import events
from tests.ingest.exports import NOW, Json, attributes, nanos

BLOCKED, PROFILED, STARTED, EXITED = (
    event.name for event in (events.BLOCKED, events.PROFILED, events.STARTED, events.EXITED)
)


def event(name: str, said: Mapping[str, object] | None = None, at: float = NOW) -> Json:
    """One record and its attributes."""
    return {"timeUnixNano": nanos(at), "eventName": name, "attributes": attributes(said or {})}


def logs(who: Mapping[str, object], *records: Json) -> Json:
    scope = {"scope": {"name": "test"}, "logRecords": list(records)}
    return {"resource": {"attributes": attributes(who)}, "scopeLogs": [scope]}


def log_body(*resources: Json) -> bytes:
    return json.dumps({"resourceLogs": list(resources)}).encode()


def log_protobuf(*resources: Json) -> bytes:
    request = ExportLogsServiceRequest()
    json_format.ParseDict({"resourceLogs": list(resources)}, request)
    return request.SerializeToString()
