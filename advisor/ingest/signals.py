"""The two signals that the door takes, each with the way from its body to its answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from advisor.ingest import limits, otlp_json, otlp_proto
from advisor.ingest.answers import PROTOBUF, Respond, logs_response, metrics_response, too_large
from advisor.ingest.logs import LogExport, count_records
from advisor.ingest.pivot import ClockOffset, Pivot, Pivoted
from advisor.ingest.points import Export, count_points

Form = TypeVar("Form", Export, LogExport)


@dataclass(frozen=True, slots=True)
class Signal(Generic[Form]):
    """One signal of OTLP.

    Attributes:
        items: what its exports hold, as people say it.
        from_json: reads a body; raises `Refusal` for what is no OTLP.
        from_protobuf: as `from_json`.
        count: how many items an export holds.
        sort: turns an export into readings or events.
        respond: the answer to an export that was taken.
    """

    items: str
    from_json: Callable[[bytes], Form]
    from_protobuf: Callable[[bytes], Form]
    count: Callable[[Form], int]
    sort: Callable[[Form, float, ClockOffset], Pivoted]
    respond: Respond

    def read(self, body: bytes, content_type: bytes, received: float, clock_offset: ClockOffset) -> Pivoted:
        """What a body holds, sorted; the last two arguments are those of `Pivot.sort`.

        Raises:
            Refusal: 413 for more than `limits.POINTS` items, and as the decoders.
            ValueError: a resource whose attributes cannot be read.
        """
        export = self.from_protobuf(body) if content_type == PROTOBUF else self.from_json(body)
        points = self.count(export)
        if points > limits.POINTS:
            raise too_large(f"The body holds more than {limits.POINTS} {self.items}. Send smaller batches.")
        pivoted = self.sort(export, received, clock_offset)
        pivoted.points = points
        return pivoted


AnySignal = Signal[Export] | Signal[LogExport]


def signals(pivot: Pivot) -> Mapping[str, AnySignal]:
    """Path -> the signal that is sent there."""
    return {
        "/v1/metrics": Signal(
            "data points", otlp_json.decode, otlp_proto.decode, count_points, pivot.sort, metrics_response
        ),
        "/v1/logs": Signal(
            "log records", otlp_json.decode_logs, otlp_proto.decode_logs, count_records, pivot.sort_logs, logs_response
        ),
    }
