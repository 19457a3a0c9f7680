"""The agent as a process of its own, in a hurry, with a witness that writes down what it takes.

`python -m fakes.witnessed run` reads, beside the agent's own settings: LEDGER_JOURNAL, the file of the witness;
LEDGER_LEAST_FREE, bytes to leave free on the disk; LEDGER_SABOTAGE, a promise to break.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from fakes.agent import TIMEOUT, environment
from fakes.ledger import digest

_PATH = os.pathsep.join(str(Path(__file__).parents[2] / folder) for folder in ("src", "tests"))


@contextmanager
def witnessed(url: str, folder: Path, journal: Path, **settings: str) -> Iterator[subprocess.Popen[str]]:
    """The agent at work while the block runs; killed with SIGKILL if it is still there afterwards."""
    settings = {"ADVISOR_INTERVAL": "0.1", "LEDGER_JOURNAL": str(journal), "PYTHONPATH": _PATH, **settings}
    command = [sys.executable, "-m", "fakes.witnessed", "run"]
    with (journal.parent / "said").open("a") as said:
        agent = subprocess.Popen(command, env=environment(url, folder, **settings), stderr=said, text=True)
    try:
        yield agent
    finally:
        agent.kill()
        agent.wait(TIMEOUT)


def ended(agent: subprocess.Popen[str], number: int = 0) -> int:
    """Its exit status, after a signal if one is given."""
    if number:
        agent.send_signal(number)
    return agent.wait(TIMEOUT)


def main() -> None:
    from advisor_agent import __main__, backoff, config, loop, sender, spool

    config._interval = float
    backoff.FIRST_SECONDS = 0.1
    sender.MOST_SECONDS = sender._LOCAL_WAIT_SECONDS = 0.2
    sender._ANSWER_SECONDS = 0.3
    sender._SPREAD_SECONDS = 0.1
    least_free = int(os.environ.get("LEDGER_LEAST_FREE", spool._LEAST_FREE_BYTES))
    loop.Spool = partial(spool.Spool, least_free_bytes=least_free)
    _witness(spool.Spool, os.open(os.environ["LEDGER_JOURNAL"], os.O_WRONLY | os.O_CREAT | os.O_APPEND))
    if sabotage := os.environ.get("LEDGER_SABOTAGE"):
        _SABOTAGES[sabotage]()
    __main__.main()


def _witness(spool, journal) -> None:
    add = spool.add

    def _add(self, batch):
        os.write(journal, f"offered {batch.id} {digest(batch.body)}\n".encode())
        add(self, batch)
        os.write(journal, f"taken {batch.id}\n".encode())

    spool.add = _add


def _forget_before_the_answer() -> None:
    from advisor_agent.sender import Sender

    exchange = Sender._exchange

    def _exchange(self):
        self._spool.remove(self._current[0])
        exchange(self)

    Sender._exchange = _exchange


def _rename_each_try() -> None:
    from advisor_agent import sender
    from advisor_agent.uuid7 import uuid7

    request = sender.request

    def _request(config, batch, unix_time):
        batch.id = uuid7()
        return request(config, batch, unix_time)

    sender.request = _request


def _answer_before_it_is_kept() -> None:
    from advisor_agent.loop import Loop
    from advisor_agent.receiver import Receiver

    take, tick = Receiver._take, Loop._tick
    kept = []

    def _take(self, message):
        kept.append(partial(take, self, message))
        return b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"

    def _tick(self):
        os.kill(os.getpid(), signal.SIGKILL) if kept else tick(self)

    Receiver._take, Loop._tick = _take, _tick


_SABOTAGES = {
    "forget_before_the_answer": _forget_before_the_answer,
    "rename_each_try": _rename_each_try,
    "answer_before_it_is_kept": _answer_before_it_is_kept,
}

if __name__ == "__main__":
    main()
