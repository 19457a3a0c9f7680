"""others: what somebody else computes is counted, and what the run itself starts is not."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest

from tests.lab import others
from tests.lab.others import Others

BURN = """
import os, time
while time.process_time() < 0.5: pass
print(os.getpid(), flush=True)
input()
"""


@contextmanager
def burnt(environment: Mapping[str, str], *, leaves: bool) -> Iterator[int]:
    """The pid of a program that has computed for half a second and waits; one that leaves has lost its parent."""
    behind = ["sh", "-c", f'exec 3<&0; "{sys.executable}" -c "$BURN" <&3 &']
    command = behind if leaves else [sys.executable, "-c", BURN]
    here, there = os.pipe()
    with subprocess.Popen(
        command, stdin=here, stdout=subprocess.PIPE, text=True, env={**environment, "BURN": BURN}
    ) as program:
        os.close(here)
        assert program.stdout is not None
        if leaves:
            program.wait()
        yield int(program.stdout.readline())
        os.write(there, b"\n")
        os.close(there)


@pytest.mark.parametrize("leaves", [False, True])
def test_what_the_run_starts_is_its_own(leaves: bool) -> None:
    Others()
    with burnt(os.environ, leaves=leaves) as pid:
        assert pid not in {counted for counted, _ in others.used()}


def test_what_somebody_else_computes_is_counted() -> None:
    seen, began, cores = Others(), time.monotonic(), os.cpu_count() or 1
    elsewhere = {name: value for name, value in os.environ.items() if name != others.MARK}
    with burnt(elsewhere, leaves=True) as pid:
        assert pid in {counted for counted, _ in others.used()}
        assert seen.share() * (time.monotonic() - began) * cores >= 0.4
