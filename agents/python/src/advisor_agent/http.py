"""HTTP/1.1 messages as they arrive in pieces: for the receiver's requests and the sender's answers."""

from __future__ import annotations

_MOST_HEAD_BYTES = 16_384
_MOST_DIGITS = 18
_ONCE = ("host", "content-length", "transfer-encoding", "content-type", "content-encoding")


class ProtocolError(Exception):
    """What arrived is no HTTP/1.1 message, or a larger one than is taken. `status` is the answer to it."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


class Message:
    """One message, fed piece by piece.

    `headers` have lower-case names. `rest` holds what came after the message (the next request).
    A message without a length has no body if it is a request, and lasts to the end of the
    connection if it is an answer (RFC 9112 section 6.3).
    """

    __slots__ = (
        *("first_line", "headers", "body", "has_head", "is_complete", "rest"),
        *("_is_answer", "_is_chunked", "_length", "_most", "_pending", "_unpacked"),
    )

    def __init__(self, most_bytes: int, is_answer: bool = False) -> None:
        self.first_line = ""
        self.headers: dict[str, str] = {}
        self.body = b""
        self.has_head = False
        self.is_complete = False
        self.rest = b""
        self._is_answer = is_answer
        self._most = most_bytes
        self._pending = bytearray()
        self._unpacked = bytearray()
        self._length: int | None = 0
        self._is_chunked = False

    def feed(self, data: bytes) -> bool:
        """Take a piece; True once the message is whole. ProtocolError for what cannot be one."""
        self._pending += data
        while not self.has_head and self._takes_head():
            pass
        if self.has_head and not self.is_complete:
            self._take_body()
        return self.is_complete

    def end(self) -> bool:
        """The other side closed; True if that completes the message."""
        if self.has_head and self._length is None and not self._is_chunked:
            self._finish(len(self._pending))
        return self.is_complete

    def _takes_head(self) -> bool:
        """False while it is not there as a whole. A hint that an answer will come (RFC 9110 section 15.2) is passed."""
        head, found, rest = bytes(self._pending).partition(b"\r\n\r\n")
        if len(head) > _MOST_HEAD_BYTES:
            raise ProtocolError(431, "The headers are too large.")
        if not found:
            return False
        lines = head.decode("latin-1").split("\r\n")
        self.first_line = lines[0]
        for line in lines[1:]:
            name, colon, value = line.partition(":")
            key = name.lower()
            # A folded or repeated header is how one server is made to read another message than the next.
            if not colon or name != name.strip() or (key in _ONCE and key in self.headers):
                raise ProtocolError(400, "The headers are malformed.")
            self.headers[key] = value.strip()
        self._pending = bytearray(rest)
        if self._is_answer and 100 <= self.status < 200:
            self.headers = {}
        else:
            self._measure()
            self.has_head = True
        return True

    def _measure(self) -> None:
        length = self.headers.get("content-length")
        coding = self.headers.get("transfer-encoding", "").lower()
        if coding and (coding != "chunked" or length is not None):
            raise ProtocolError(400, "The body's length is not clear.")
        self._is_chunked = coding == "chunked"
        if length is not None:
            self._length = number(length)
            if self._length is None:
                raise ProtocolError(400, "The body's length is not clear.")
            self._refuse_over(self._length)
        elif self._is_answer:
            self._length = None
        if self._is_answer and self.status in (204, 304):
            self._length = 0

    @property
    def status(self) -> int:
        """An answer's status code. ProtocolError for a first line that is no HTTP answer."""
        parts = self.first_line.split(" ", 2)
        status = number(parts[1]) if len(parts) > 1 and parts[0].startswith("HTTP/1.") else None
        if status is None:
            raise ProtocolError(502, "The answer is no HTTP.")
        return status

    def _take_body(self) -> None:
        if self._is_chunked:
            self._take_chunks()
        elif self._length is None:
            self._refuse_over(len(self._pending))
        elif len(self._pending) >= self._length:
            self._finish(self._length)

    def _finish(self, length: int) -> None:
        self.body = bytes(self._pending[:length])
        self.rest = bytes(self._pending[length:])
        self._pending = bytearray()
        self.is_complete = True

    def _take_chunks(self) -> None:
        while True:
            line_end = self._pending.find(b"\r\n")
            if line_end < 0:
                self._refuse_over(len(self._pending))
                return
            size = _chunk_size(bytes(self._pending[:line_end]))
            self._refuse_over(len(self._unpacked) + size)
            start = line_end + 2
            if len(self._pending) < start + size + 2:
                return
            if self._pending[start + size : start + size + 2] != b"\r\n":
                raise ProtocolError(400, "The chunks of the body are malformed.")
            self._unpacked += self._pending[start : start + size]
            del self._pending[: start + size + 2]
            if size == 0:
                self.body, self.rest, self.is_complete = bytes(self._unpacked), bytes(self._pending), True
                return

    def _refuse_over(self, size: int) -> None:
        if size > self._most:
            raise ProtocolError(413, f"The body is larger than {self._most} bytes.")


def number(text: str) -> int | None:
    """The number that a header writes in digits, None for anything else: `int` would take signs and fail on `²`."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else None


def _chunk_size(line: bytes) -> int:
    digits = line.partition(b";")[0].strip()
    # Not int() alone, which would take a sign, spaces and underscores.
    if not digits or len(digits) > 8 or any(digit not in b"0123456789abcdefABCDEF" for digit in digits):
        raise ProtocolError(400, "The chunks of the body are malformed.")
    return int(digits, 16)
