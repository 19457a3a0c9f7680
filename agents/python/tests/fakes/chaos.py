"""One host's agent over many lives: the same state directory, receiver and server, and one ledger of it all."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from contextlib import AbstractContextManager
from pathlib import Path

from fakes.ledger import Findings, Ledger
from fakes.shaky import GOOD, TIMEOUT, ShakySink
from fakes.witnessed import ended, witnessed


class Chaos:
    """Start lives with `life`; `findings` lets a last, undisturbed one deliver all that waits, and judges."""

    def __init__(self, sink: ShakySink, folder: Path, state: Path) -> None:
        self.sink = sink
        self.state = state
        self.journal = folder / "journal"
        self.ledger = Ledger()
        self.port = _free_port()

    @property
    def said(self) -> str:
        return (self.journal.parent / "said").read_text()

    def life(self, **settings: str) -> AbstractContextManager[subprocess.Popen[str]]:
        settings = {"ADVISOR_LISTEN": f"127.0.0.1:{self.port}", **settings}
        return witnessed(self.sink.url, self.state, self.journal, **settings)

    def waiting(self) -> list[str]:
        """Names of the files that wait in the queue."""
        queue = self.state / "queue"
        return sorted(os.listdir(queue)) if queue.exists() else []

    def findings(self) -> Findings:
        self.sink.choose = lambda: GOOD
        with self.life() as agent:
            self.ledger.read(self.journal)
            self.deliver(agent)
        return self.judged()

    def deliver(self, agent: subprocess.Popen[str]) -> None:
        """Let an agent that meets no trouble any more deliver all that waits, and leave."""
        deadline = time.monotonic() + TIMEOUT
        before = len(self.sink.requests)
        self.sink.wait(lambda: len(self.sink.requests) > before)  # it is at work
        names = set(self.waiting())
        while names & set(self.waiting()):  # one request after another takes the oldest away
            assert time.monotonic() < deadline, f"{len(names)} batches still wait"
            before = len(self.sink.requests)
            self.sink.wait(lambda before=before: len(self.sink.requests) > before)
        assert ended(agent, 15) == 0, self.said
        assert self.waiting() == [], "it left something behind"

    def judged(self) -> Findings:
        """What the ledger says of everything so far."""
        self.ledger.read(self.journal)
        return self.ledger.findings(self.sink.stored)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
