"""Answers of the local receiver in the terms of OTLP/HTTP: empty success, or a google.rpc.Status."""

from __future__ import annotations

import json

_PHRASES = {
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    413: "Content Too Large",
    415: "Unsupported Media Type",
    431: "Request Header Fields Too Large",
}
_INVALID_ARGUMENT, _PERMISSION_DENIED, _UNIMPLEMENTED = 3, 7, 12
_CODES = {403: _PERMISSION_DENIED, 404: _UNIMPLEMENTED, 405: _UNIMPLEMENTED}
_PROTOBUF = "application/x-protobuf"


def answer(content_type: str) -> bytes:
    """200 with an empty response of its service, be it metrics or logs, in the request's own encoding."""
    return _message("200 OK", content_type, b"" if content_type == _PROTOBUF else b"{}")


def refusal(status: int, text: str, content_type: str) -> bytes:
    """An error that closes the connection, since what follows on it cannot be trusted."""
    code = _CODES.get(status, _INVALID_ARGUMENT)
    if content_type.startswith(_PROTOBUF):
        words = text.encode()[:127]  # one-byte length
        body, kind = bytes([0x08, code, 0x12, len(words)]) + words, _PROTOBUF
    else:
        body, kind = json.dumps({"code": code, "message": text}).encode(), "application/json"
    return _message(f"{status} {_PHRASES.get(status, 'Error')}", kind, body, "Connection: close\r\n")


def _message(status: str, content_type: str, body: bytes, extra: str = "") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n{extra}\r\n"
    return head.encode("ascii") + body
