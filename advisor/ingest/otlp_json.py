"""OTLP/JSON: bounded before it is decoded, then straight into the inner form."""

from __future__ import annotations

import re
from typing import Final, TypeVar

import msgspec

from advisor.ingest import limits
from advisor.ingest.answers import invalid, too_large
from advisor.ingest.logs import LogExport
from advisor.ingest.points import Export

_METRICS: Final = msgspec.json.Decoder(Export)
_LOGS: Final = msgspec.json.Decoder(LogExport)
_STRING: Final = re.compile(rb'"(?:[^"\\]|\\.)*+"', re.DOTALL)
_ONE_KIND: Final = bytes.maketrans(b"{}", b"[]")
_NOT_BRACKETS: Final = bytes(byte for byte in range(256) if byte not in b"[]")


_Form = TypeVar("_Form", Export, LogExport)


def decode(body: bytes) -> Export:
    """The export of metrics in a JSON body.

    Raises:
        Refusal: 413 for more objects than `limits.MESSAGES`, 400 for what is no OTLP.
    """
    return _decode(body, _METRICS, "metrics")


def decode_logs(body: bytes) -> LogExport:
    """The export of logs in a JSON body; errors as `decode`."""
    return _decode(body, _LOGS, "logs")


def _decode(body: bytes, decoder: msgspec.json.Decoder[_Form], signal: str) -> _Form:
    if body.count(b"{") > limits.MESSAGES and _STRING.sub(b"", body).count(b"{") > limits.MESSAGES:
        raise too_large(f"The body holds more than {limits.MESSAGES} objects. Send smaller batches.")
    if _too_deep(body) and _too_deep(_STRING.sub(b"", body)):
        raise invalid(f"The body nests deeper than {limits.DEPTH} levels, or its brackets do not match.")
    try:
        return decoder.decode(body)
    except (ValueError, RecursionError) as error:
        raise invalid(f"The body is not OTLP/JSON {signal}: {error}") from None


def _too_deep(body: bytes) -> bool:
    """Whether brackets are left after the innermost pairs were taken away `limits.DEPTH` times.

    Each pass takes away exactly one level, at the speed of memory; a walk over the text would cost
    more than decoding it. Brackets inside strings may only raise a false alarm, so the caller looks
    again without them.
    """
    brackets = body.translate(_ONE_KIND).translate(None, _NOT_BRACKETS)
    for _ in range(limits.DEPTH):
        if not brackets:
            return False
        brackets = brackets.replace(b"[]", b"")
    return bool(brackets)
