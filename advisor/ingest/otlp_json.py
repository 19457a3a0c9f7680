"""OTLP/JSON: bounded before it is decoded, then straight into the inner form."""

from __future__ import annotations

import re
from typing import Final

import msgspec

from advisor.ingest import limits
from advisor.ingest.answers import invalid, too_large
from advisor.ingest.points import Export

_DECODER: Final = msgspec.json.Decoder(Export)
_STRING: Final = re.compile(rb'"(?:[^"\\]|\\.)*+"', re.DOTALL)
_ONE_KIND: Final = bytes.maketrans(b"{}", b"[]")
_NOT_BRACKETS: Final = bytes(byte for byte in range(256) if byte not in b"[]")


def decode(body: bytes) -> Export:
    """The export in a JSON body.

    Raises:
        Refusal: 413 for more objects than `limits.MESSAGES`, 400 for what is no OTLP.
    """
    if body.count(b"{") > limits.MESSAGES and _STRING.sub(b"", body).count(b"{") > limits.MESSAGES:
        raise too_large(f"The body holds more than {limits.MESSAGES} objects. Send smaller batches.")
    if _too_deep(body) and _too_deep(_STRING.sub(b"", body)):
        raise invalid(f"The body nests deeper than {limits.DEPTH} levels, or its brackets do not match.")
    try:
        return _DECODER.decode(body)
    except (ValueError, RecursionError) as error:
        raise invalid(f"The body is not OTLP/JSON metrics: {error}") from None


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
