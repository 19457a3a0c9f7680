"""OTLP/JSON: bounded before it is decoded, then straight into the inner form."""

from __future__ import annotations

import re
from itertools import islice
from typing import Final, TypeVar

import msgspec

from advisor.ingest import limits
from advisor.ingest.answers import invalid, too_large
from advisor.ingest.logs import LogExport
from advisor.ingest.points import Export, Metric, ResourceMetrics

_METRICS: Final = msgspec.json.Decoder(Export)
_METRIC: Final = msgspec.json.Decoder(Metric)
_RESOURCE: Final = msgspec.json.Decoder(ResourceMetrics)
_LOGS: Final = msgspec.json.Decoder(LogExport)
_OBJECT: Final = re.compile(rb'(?:[^"{]++|"(?:[^"\\]++|\\.)*+(?:"|\\?\Z))*+(\{|\Z)', re.DOTALL)
"""All up to the next brace that is in no string, or up to the end.

Whatever follows, it is a match: the body is looked through once and never copied. Where a string without an end is
none, each quote in it begins another long look, and 4 MiB of escaped quotes take hours; cutting 2,000,000 empty
strings out of a body takes 190 MiB.
"""

_Form = TypeVar("_Form", Export, LogExport)


def decode(body: bytes) -> Export:
    """The export of metrics in a JSON body.

    Raises:
        Refusal: 413 for more objects than `limits.MESSAGES`, 400 for what is no OTLP or nests too deep.
    """
    return _decode(body, _METRICS, "metrics")


def decode_logs(body: bytes) -> LogExport:
    """The export of logs in a JSON body; errors as `decode`."""
    return _decode(body, _LOGS, "logs")


def metric(piece: bytes) -> Metric:
    """One metric of a body.

    Raises:
        ValueError: it is no OTLP.
    """
    return _METRIC.decode(piece)


def resource(piece: bytes) -> ResourceMetrics:
    """One resource of a body with all its metrics; errors as `metric`."""
    return _RESOURCE.decode(piece)


def _decode(body: bytes, decoder: msgspec.json.Decoder[_Form], signal: str) -> _Form:
    if body.count(b"{") > limits.MESSAGES and _holds_more(body, limits.MESSAGES):
        raise too_large(f"The body holds more than {limits.MESSAGES} objects. Send smaller batches.")
    try:
        return decoder.decode(body)
    except RecursionError:  # what nests so deep is not read; msgspec guards the stack, and skips what is unknown
        raise invalid("The body nests too deep.") from None
    except ValueError as error:
        raise invalid(f"The body is not OTLP/JSON {signal}: {error}") from None


def _holds_more(body: bytes, objects: int) -> bool:
    """Whether there are more than so many objects; braces in strings are none."""
    one_more = next(islice(_OBJECT.finditer(body), objects, None), None)
    return one_more is not None and bool(one_more[1])
