from __future__ import annotations

import msgspec
import pytest
from msgspec import Raw

from advisor.ingest import limits
from advisor.ingest.attributes import ResourceReader, clean, parse, parse_point
from tests.ingest.exports import attributes as as_otlp


def raw(pairs: object) -> Raw:
    return Raw(msgspec.json.encode(pairs))


def test_reads_every_scalar_and_leaves_out_the_rest() -> None:
    pairs = [
        {"key": "text", "value": {"stringValue": "x"}},
        {"key": "number", "value": {"intValue": "7"}},
        {"key": "share", "value": {"doubleValue": 0.5}},
        {"key": "flag", "value": {"boolValue": False}},
        {"key": "list", "value": {"arrayValue": {"values": []}}},
        {"key": "nothing"},
    ]
    assert parse(raw(pairs)) == {"text": "x", "number": 7, "share": 0.5, "flag": False}
    assert parse(Raw(b"null")) == {}


@pytest.mark.parametrize(
    "broken", [b"{}", b'[{"key":1}]', b'[{"key":"\xff"}]', b'[{"key":"k","value":{"intValue":"x"}}]']
)
def test_what_is_no_attribute_list_is_an_error(broken: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse(Raw(broken))


def test_old_keys_become_todays_and_todays_win() -> None:
    assert parse_point(raw(as_otlp({"http.status_code": 200}))) == {
        "http.response.status_code": "200",
        "http.status_code": "200",
    }
    both = parse_point(raw(as_otlp({"cpu.mode": "user", "state": "idle"})))
    assert both["cpu.mode"] == "user"


@pytest.mark.parametrize(
    ("dirty", "fit"),
    [("shop", "shop"), ("a\nb\0c", "a b c"), ("a\u202eb", "a b"), ("a\u2028b", "a b"), ("ü 漢", "ü 漢"), ("", "")],
)
def test_names_lose_what_no_name_may_hold(dirty: str, fit: str) -> None:
    assert clean(dirty) == fit


def test_long_values_are_cut() -> None:
    assert clean("x" * 1_000_000) == "x" * limits.STRING_CHARACTERS


def test_a_resource_keeps_identity_and_drops_arguments() -> None:
    given = raw(as_otlp({"service.name": "shop", "process.command_args": "--password=x", "process.pid": 7}))
    reader = ResourceReader()
    first = reader.read(bytes(given))
    assert first == {"service.name": "shop", "process.pid": 7}
    assert reader.read(bytes(given)) is first


def test_the_memory_of_resources_is_bounded() -> None:
    reader = ResourceReader()
    for index in range(20_100):
        reader.read(bytes(raw(as_otlp({"service.name": str(index)}))))
    assert reader._known.held <= 20_000
    long = raw(as_otlp({"service.name": "shop", "process.command_args": "x" * 10_000}))
    assert reader.read(bytes(long)) == {"service.name": "shop"}
    assert reader._known.find(bytes(long)) is None
