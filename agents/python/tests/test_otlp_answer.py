from __future__ import annotations

import json

import pytest

from advisor_agent.http import Message
from advisor_agent.otlp_answer import answer, refusal


def parsed(wire):
    message = Message(10_000, is_answer=True)
    assert message.feed(wire)
    return message


@pytest.mark.parametrize(("kind", "body"), [("application/json", b"{}"), ("application/x-protobuf", b"")])
def test_success_is_empty_in_the_requests_encoding(kind, body):
    message = parsed(answer(kind))
    assert (message.status, message.headers["content-type"], message.body) == (200, kind, body)


def test_a_refusal_is_a_status_and_closes():
    message = parsed(refusal(403, "No.", "application/json"))
    assert (message.status, message.headers["connection"]) == (403, "close")
    assert json.loads(message.body) == {"code": 7, "message": "No."}


def test_a_refusal_in_protobuf():
    message = parsed(refusal(413, "Too big.", "application/x-protobuf; charset=x"))
    # google.rpc.Status: field 1 (code) as varint 3, field 2 (message) as 8 bytes.
    assert message.body == b"\x08\x03\x12\x08Too big."


def test_an_unknown_type_is_answered_in_json():
    assert json.loads(parsed(refusal(415, "Send JSON.", "text/plain")).body)["message"] == "Send JSON."
