"""What a channel is: a module in this folder with a function `send`."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path
from typing import Protocol, cast

from advisor.alerts.models import Delivery

KINDS = tuple(sorted({module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)])} - {"base"}))
"""The kinds of channel there are: the names of the other files in this folder."""


class ChannelError(Exception):
    """The message did not arrive; the text says why, in words for the delivery log.

    With `permanent`, no later try can succeed: the delivery is given up and the channel switched off.
    """

    def __init__(self, reason: str, *, permanent: bool = False) -> None:
        super().__init__(reason)
        self.permanent = permanent


class Sender(Protocol):
    """A way to reach people."""

    def send(self, delivery: Delivery) -> str:
        """Hand the message over and return the receiver's answer in a few words.

        May be called again for the same delivery: the receiver must be able to tell by `delivery.id`.

        Raises:
            ChannelError: it did not arrive.
        """
        ...


def sender(kind: str) -> Sender:
    """The channel of this kind. Raises `ChannelError` if there is no such file."""
    if kind not in KINDS:
        raise ChannelError(f"There is no channel of the kind {kind}; there are {', '.join(KINDS)}.", permanent=True)
    return cast(Sender, importlib.import_module(f"advisor.alerts.channels.{kind}"))
