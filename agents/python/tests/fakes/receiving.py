"""A receiver on its own, with clients on plain sockets."""

from __future__ import annotations

import selectors
import socket

from advisor_agent.address import Address
from advisor_agent.http import Message
from advisor_agent.log import Log
from advisor_agent.receiver import MOST_VISITORS, Receiver
from advisor_agent.spool import Spool
from fakes.running import until

JSON = "application/json"
PROTOBUF = "application/x-protobuf"
BODY = b'{"resourceMetrics":[]}'


class Receiving:
    """A receiver on its own, with clients on plain sockets."""

    def __init__(self, folder, port=0, most_visitors=MOST_VISITORS):
        self.selector = selectors.DefaultSelector()
        self.spool = Spool(str(folder), Log())
        self.receiver = Receiver(Address("127.0.0.1", port), self.spool, self.selector, Log(), most_visitors)
        self.receiver.work()

    def close(self):
        self.receiver.close()
        self.selector.close()

    def until(self, condition):
        until(condition, self.selector, self.receiver)

    def visitors(self, count):
        """Clients in the order in which they came, each of them let in."""
        clients = []
        for number in range(1, count + 1):
            clients.append(self.connect())
            self.until(lambda number=number: len(self.receiver._visitors) == number)
        return clients

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.receiver.port))

    def answers(self, client, count=1):
        """The next answers on a connection, while the receiver works."""
        client.setblocking(False)
        found, pending = [], [b""]

        def arrived():
            try:
                pending[0] += client.recv(65_536)
            except BlockingIOError:
                return False
            while pending[0] and len(found) < count:
                message = Message(1 << 20, is_answer=True)
                if not message.feed(pending[0]):
                    break
                found.append(message)
                pending[0] = message.rest
            return len(found) >= count

        self.selector.register(client, selectors.EVENT_READ, lambda events: None)
        until(arrived, self.selector, self.receiver)
        self.selector.unregister(client)
        return found

    def post(self, body=BODY, method="POST", path="/v1/metrics", **headers):
        """One request on a connection of its own; the answer's status and body."""
        with self.connect() as client:
            client.sendall(request(self.receiver.port, body, method, path, **headers))
            (answer,) = self.answers(client)
            return answer.status, answer.body


def request(port, body=BODY, method="POST", path="/v1/metrics", **headers):
    """The bytes of a request. Underscores in header names become hyphens; None leaves a header out."""
    fields = {"Host": f"127.0.0.1:{port}", "Content-Type": JSON, "Content-Length": str(len(body))}
    fields.update({name.replace("_", "-"): value for name, value in headers.items()})
    lines = [f"{name}: {value}" for name, value in fields.items() if value is not None]
    return "\r\n".join([f"{method} {path} HTTP/1.1", *lines, "", ""]).encode() + body
