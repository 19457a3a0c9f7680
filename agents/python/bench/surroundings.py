"""What the subjects look at: Node.js services under light load, and a crowd of processes and sockets."""

from __future__ import annotations

import http.client
import os
import resource
import socket
import subprocess
import threading
from contextlib import ExitStack
from pathlib import Path

_SERVICE = Path(__file__).parent / "programs" / "service.js"
_SERVICES = 10
_PAUSE = 0.2
"""Seconds between two requests to a service: 5 each second."""

_PROCESSES = 640
_CONNECTIONS = 2000
"""Both ends are on this machine: two sockets each."""


class Services:
    """Ten of them, with a kept connection to each."""

    def __init__(self) -> None:
        self._processes = [_started() for _ in range(_SERVICES)]
        self._clients = [http.client.HTTPConnection("127.0.0.1", _port(process)) for process in self._processes]
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._ask, daemon=True)
        self._thread.start()

    def _ask(self) -> None:
        while not self._ended.wait(_PAUSE):
            for client in self._clients:
                client.request("GET", "/")
                client.getresponse().read()

    def close(self) -> None:
        """End them."""
        self._ended.set()
        self._thread.join()
        for process in self._processes:
            process.terminate()
            process.wait()


class Crowd:
    """As many sleeping processes as are missing to 640, and 4,000 sockets of established connections."""

    def __init__(self, most_seconds: float) -> None:
        self._sockets = ExitStack()
        self._connect()
        missing = _PROCESSES - sum(name.isdigit() for name in os.listdir("/proc"))
        # They end by themselves too, so that a bench that was killed leaves none.
        sleep = ["sleep", str(round(most_seconds))]
        self._sleepers = [subprocess.Popen(sleep, stdin=subprocess.DEVNULL) for _ in range(missing)]

    def _connect(self) -> None:
        _allow_descriptors(2 * _CONNECTIONS + 1000)
        with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
            for _ in range(_CONNECTIONS):
                self._sockets.enter_context(socket.create_connection(listener.getsockname()))
                self._sockets.enter_context(listener.accept()[0])

    def close(self) -> None:
        """End them."""
        self._sockets.close()
        for process in self._sleepers:
            process.terminate()
        for process in self._sleepers:
            process.wait()


def _started() -> subprocess.Popen[str]:
    return subprocess.Popen(["node", str(_SERVICE)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _port(process: subprocess.Popen[str]) -> int:
    assert process.stdout
    return int(process.stdout.readline())


def _allow_descriptors(wanted: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, hard), hard))
