"""One request and its answer, waited for: for commands that people type."""

from __future__ import annotations

import selectors
import time

from advisor_agent.address import Server
from advisor_agent.connection import Connection, ConnectionLost
from advisor_agent.http import Message

_ANSWER_SECONDS = 10.0


def exchange(server: Server, request: bytes) -> Message:
    """The server's answer. ConnectionLost or ProtocolError where there is none within ten seconds."""
    connection = Connection(server)
    connection.start(request)
    until = time.monotonic() + _ANSWER_SECONDS
    answer = None
    while answer is None:
        with selectors.DefaultSelector() as selector:
            assert connection.socket
            selector.register(connection.socket, connection.events)
            if not selector.select(max(until - time.monotonic(), 0.0)):
                raise ConnectionLost(f"no answer within {_ANSWER_SECONDS:.0f} s")
        answer = connection.advance()
    connection.close()
    return answer
