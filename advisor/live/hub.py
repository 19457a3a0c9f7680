"""The one reader of the channel layer in a process, and the slots that it fills.

The pub/sub layer queues without bound for a slow reader (django/channels_redis#276) and loses its subscription
silently with the broker. So one task reads at once and never awaits a socket, each socket has one slot per topic in
which the newest version wins, and a pulse through the layer itself shows whether the subscription still lives.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import Any

from channels.layers import get_channel_layer

from advisor.live import topics

log = logging.getLogger(__name__)


class Slots:
    """What one socket has still to be told: at most one version per topic that it listens to."""

    def __init__(self, names: frozenset[str], user_id: int) -> None:
        self.names = names
        self.user_id = user_id
        self._waiting: dict[str, int] = {}
        self._ready = asyncio.Event()

    def put(self, topic: str, version: int) -> None:
        """Remember the newest version of a topic; others than the socket's own are ignored."""
        if topic in self.names:
            self._waiting[topic] = version
            self._ready.set()

    async def take(self) -> tuple[str, int]:
        """The topic that waits longest, with its newest version."""
        await self._ready.wait()
        topic = next(iter(self._waiting))
        version = self._waiting.pop(topic)
        if not self._waiting:
            self._ready.clear()
        return topic, version

    def __len__(self) -> int:
        return len(self._waiting)


class Hub:
    """Spreads hints over the open sockets of this process. Subscribed only while there is a socket."""

    def __init__(self, pulse: float = 5.0, patience: float = 3.0, retry: float = 1.0) -> None:
        self._pulse, self._patience, self._retry = pulse, patience, retry
        self._sockets: set[Slots] = set()
        self._task: asyncio.Task[None] | None = None
        self._beat: asyncio.Event | None = None
        self.connected: bool | None = None
        """Whether hints arrive; None while nobody listens or nothing is known yet."""

    def join(self, slots: Slots) -> None:
        """Add a socket. The first one starts the reader."""
        self._sockets.add(slots)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._keep_reading())
        elif self.connected is not None:
            slots.put(topics.FEED, int(self.connected))

    def leave(self, slots: Slots) -> None:
        """Forget a socket. The last one stops the reader."""
        self._sockets.discard(slots)
        if not self._sockets and self._task is not None:
            self._task.cancel()
            self._task = None
            self.connected = None

    def sockets_of(self, user_id: int) -> int:
        """How many sockets one person has open in this process."""
        return sum(slots.user_id == user_id for slots in self._sockets)

    async def _keep_reading(self) -> None:
        while True:
            try:
                await self._read_until_broken()
            except Exception as error:
                # Any failure of the broker ends here, whatever its type: the answer is the same, try again.
                if self.connected is not False:
                    log.warning("Live updates interrupted, trying again each %.0f s: %r", self._retry, error)
                self._say(connected=False)
            await asyncio.sleep(self._retry)

    async def _read_until_broken(self) -> None:
        layer = get_channel_layer()
        self._beat = asyncio.Event()
        reader: asyncio.Task[None] | None = None
        try:
            async with asyncio.timeout(self._patience):
                channel = await layer.new_channel()
                await layer.group_add(topics.GROUP, channel)
            reader = asyncio.create_task(self._read(layer, channel))
            while not reader.done():
                await self._prove(layer, channel, reader)
        finally:
            await self._drop(layer, reader)

    async def _prove(self, layer: Any, channel: str, reader: asyncio.Task[None]) -> None:
        """Send a pulse through the broker; TimeoutError where it does not come back."""
        assert self._beat is not None  # noqa: S101 - set by the only caller
        self._beat.clear()
        async with asyncio.timeout(self._patience):
            await layer.send(channel, {"type": "pulse"})
            await self._beat.wait()
        self._say(connected=True)
        await asyncio.wait([reader], timeout=self._pulse)

    async def _read(self, layer: Any, channel: str) -> None:
        while True:
            self._spread(await layer.receive(channel))

    def _spread(self, message: dict[str, Any]) -> None:
        if message["type"] == "pulse":
            if self._beat is not None:
                self._beat.set()
            return
        for slots in self._sockets:
            for topic in message["topics"]:
                slots.put(topic, message["version"])

    def _say(self, connected: bool) -> None:
        if connected != self.connected:
            for slots in self._sockets:
                slots.put(topics.FEED, int(connected))
        self.connected = connected

    async def _drop(self, layer: Any, reader: asyncio.Task[None] | None) -> None:
        """Leave nothing behind of a subscription that may be dead: its connections are made anew."""
        if reader is not None:
            reader.cancel()
        with contextlib.suppress(Exception):  # the connection may be gone; that is why we are here
            await layer.flush()


hub = Hub()
"""The hub of this process."""
