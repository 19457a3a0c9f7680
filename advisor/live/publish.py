"""Tells open pages that something changed. A lost hint costs a page some seconds, never data.

Both functions are for worker threads and tasks. They raise what the channel layer raises
(`OSError`, `redis.exceptions.RedisError`, `TimeoutError`); the caller catches, because a hint must not fail its work.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer

from advisor.live import topics

_TOPICS_A_MESSAGE = 50
"""Keeps a message below 1 KiB with ids of 12 digits."""

_SECONDS = 2.0


def samples(service_ids: Iterable[int], host_ids: Iterable[int]) -> None:
    """New samples are stored for these services and hosts."""
    _publish([topics.FLEET, *topics.of("service", service_ids), *topics.of("host", host_ids)])


def changes(recommendation_ids: Iterable[int]) -> None:
    """These recommendations were opened, updated, moved on or ended."""
    _publish([topics.FLEET, topics.ADVICE, *topics.of("recommendation", recommendation_ids)])


def _publish(names: list[str]) -> None:
    async_to_sync(_send)(names, time.time_ns() // 1_000_000)


async def _send(names: list[str], version: int) -> None:
    layer = get_channel_layer()
    async with asyncio.timeout(_SECONDS):
        for start in range(0, len(names), _TOPICS_A_MESSAGE):
            message = {"type": "hint", "topics": names[start : start + _TOPICS_A_MESSAGE], "version": version}
            await layer.group_send(topics.GROUP, message)
