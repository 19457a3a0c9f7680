"""The two signals that the door takes, each with the way from its body to its answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from advisor.ingest import limits, otlp_json, otlp_proto, scanned
from advisor.ingest.answers import PROTOBUF, Respond, logs_response, metrics_response, too_large
from advisor.ingest.logs import LogExport
from advisor.ingest.pivot import Charge, ClockOffset, Pivot, Pivoted
from advisor.ingest.points import Export
from advisor.ingest.scanned import Wire
from advisor.ingest.steps import Steps

Form = TypeVar("Form", Export, LogExport)
Scan = Callable[[bytes, Wire, float, ClockOffset, Charge], Steps[Pivoted | None]]


@dataclass(frozen=True, slots=True)
class Signal(Generic[Form]):
    """One signal of OTLP.

    Attributes:
        items: what its exports hold, as people say it.
        from_json: reads a body; raises `Refusal` for what is no OTLP.
        from_protobuf: as `from_json`.
        sort: turns an export into readings or events.
        respond: the answer to an export that was taken.
        scan: reads and sorts a body at once, if there is such a way; it may leave a body to the others.
    """

    items: str
    from_json: Callable[[bytes], Form]
    from_protobuf: Callable[[bytes], Form]
    sort: Callable[[Form, float, ClockOffset, Charge], Pivoted]
    respond: Respond
    scan: Scan | None = None

    def read(
        self,
        body: bytes,
        content_type: bytes,
        received: float,
        clock_offset: ClockOffset,
        charge: Charge = lambda points: None,
    ) -> Steps[Pivoted]:
        """What a body holds, sorted; the last three arguments are those of `Pivot.sort`.

        Raises:
            Refusal: 413 for more than `limits.POINTS` items, and as `charge` and the decoders.
            ValueError: a resource whose attributes cannot be read.
        """

        def admit(points: int) -> None:
            if points > limits.POINTS:
                raise too_large(f"The body holds more than {limits.POINTS} {self.items}. Send smaller batches.")
            charge(points)

        is_protobuf = content_type == PROTOBUF
        if self.scan:
            wire = scanned.PROTOBUF if is_protobuf else scanned.JSON
            read = yield from self.scan(body, wire, received, clock_offset, admit)
            if read is not None:
                return read
        export = self.from_protobuf(body) if is_protobuf else self.from_json(body)
        return self.sort(export, received, clock_offset, admit)


AnySignal = Signal[Export] | Signal[LogExport]


def signals(pivot: Pivot) -> Mapping[str, AnySignal]:
    """Path -> the signal that is sent there."""
    return {
        "/v1/metrics": Signal(
            "data points", otlp_json.decode, otlp_proto.decode, pivot.sort, metrics_response, pivot.read
        ),
        "/v1/logs": Signal(
            "log records", otlp_json.decode_logs, otlp_proto.decode_logs, pivot.sort_logs, logs_response
        ),
    }
