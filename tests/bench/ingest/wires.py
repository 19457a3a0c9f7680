"""The same numbers in the words of peers: Influx lines and Prometheus' remote write."""

from __future__ import annotations

import struct
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any, Final

Json = dict[str, Any]
Filler = Callable[[str, float], bytes]
"""A body of a host by its name at a moment."""

_LITERAL: Final = 1 << 16
"""Bytes of a piece in Snappy's format that are as they are."""


def influx(said: Json, name: str, at: float) -> Filler:
    """A line a process with all its numbers as fields: the form that costs the reader least."""
    fields: dict[str, list[str]] = defaultdict(list)
    for who, what, value in _numbers(said):
        tags = ",".join(f"{key}={text}" for key, text in sorted(who.items()))
        fields[f"snapshot,{tags}"].append(f"{what}={value}")
    text = "".join(f"{head} {','.join(values)} {_millis(at)}\n" for head, values in fields.items())

    def fill(host: str, when: float) -> bytes:
        return text.replace(name, host).replace(str(_millis(at)), str(_millis(when))).encode()

    return fill


def remote_write(said: Json, name: str, at: float) -> Filler:
    """A series a number, in protobuf, framed as Snappy that is not compressed: unpacking it is a copy."""
    series = (_series({**who, "__name__": what}, value, at) for who, what, value in _numbers(said))
    message = b"".join(field(1, one) for one in series)

    def fill(host: str, when: float) -> bytes:
        moved = message.replace(name.encode(), host.encode()).replace(_varint(_millis(at)), _varint(_millis(when)))
        return _snappy(moved)

    return fill


def _numbers(said: Json) -> Iterator[tuple[dict[str, str], str, float]]:
    """Labels of the resource, name with the point's attributes in it, and value."""
    for resource in said["resourceMetrics"]:
        who = _labels(resource["resource"]["attributes"])
        for metric in resource["scopeMetrics"][0]["metrics"]:
            (point,) = metric["gauge" if "gauge" in metric else "sum"]["dataPoints"]
            words = [metric["name"], *_labels(point["attributes"]).values()]
            yield who, "_".join(words).replace(".", "_"), float(point["asDouble"])


def _labels(attributes: list[Json]) -> dict[str, str]:
    return {pair["key"].replace(".", "_"): str(next(iter(pair["value"].values()))) for pair in attributes}


def _millis(at: float) -> int:
    return round(at * 1000)


def _series(labels: dict[str, str], value: float, at: float) -> bytes:
    named = b"".join(field(1, field(1, key.encode()) + field(2, labels[key].encode())) for key in sorted(labels))
    sample = b"\x09" + struct.pack("<d", value) + b"\x10" + _varint(_millis(at))
    return named + field(2, sample)


def field(number: int, value: bytes) -> bytes:
    """A field of protobuf that holds bytes: a text, or a message."""
    return _varint(number << 3 | 2) + _varint(len(value)) + value


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes((*out, value))


def _snappy(data: bytes) -> bytes:
    pieces = (data[start : start + _LITERAL] for start in range(0, len(data), _LITERAL))
    return _varint(len(data)) + b"".join(b"\xf4" + (len(one) - 1).to_bytes(2, "little") + one for one in pieces)
