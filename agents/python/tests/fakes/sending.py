"""A sender on its own, with a queue to fill."""

from __future__ import annotations

import selectors

from advisor_agent.batch import Batch
from advisor_agent.config import Config
from advisor_agent.log import Log
from advisor_agent.sender import Sender
from advisor_agent.spool import Spool
from fakes.running import until


class Sending:
    """A sender on its own: a spool to fill, and a way to let it work."""

    def __init__(self, url, folder):
        self.config = Config({"ADVISOR_SERVER": url, "ADVISOR_TOKEN": "sah_abc", "ADVISOR_LISTEN": "off"})
        self.selector = selectors.DefaultSelector()
        self.spool = Spool(str(folder), Log())
        self.sender = Sender(self.config, self.spool, self.selector, Log())

    def add(self, *ids, signal="metrics"):
        for batch_id in ids:
            self.spool.add(Batch(batch_id, "application/json", "", b'{"resourceMetrics":[]}', signal))

    def until(self, condition):
        until(condition, self.selector, self.sender)

    def until_empty(self):
        self.until(lambda: not self.spool)
