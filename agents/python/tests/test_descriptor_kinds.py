from __future__ import annotations

import os
import socket
import tempfile

import pytest

from advisor_agent.descriptor_kinds import DescriptorKinds
from advisor_agent.kernel import Kernel

KEY = (100, 5000)


@pytest.fixture
def kinds(machine):
    return DescriptorKinds(machine.kernel)


def show(machine, *targets):
    machine.node(100, "/srv/a.js", descriptors=targets)


def test_sockets_pipes_files_and_the_rest(machine, kinds):
    show(machine, "/dev/null", "socket:[1]", "socket:[2]", "pipe:[3]", "/srv/data/log", "anon_inode:[eventpoll]")
    assert kinds.of(KEY, 6) == {"socket": 2, "pipe": 1, "file": 1, "other": 2}


def test_they_are_looked_at_again_after_some_looks(machine, kinds):
    show(machine, "socket:[1]")
    first = kinds.of(KEY, 1)
    show(machine, "/srv/data/log")
    assert [kinds.of(KEY, 1) == first for _ in range(6)] == [True, True, True, True, True, False]


def test_a_count_that_moves_much_is_looked_at_at_once(machine, kinds):
    show(machine, "socket:[1]")
    kinds.of(KEY, 1)
    show(machine, *(f"socket:[{number}]" for number in range(40)))
    assert kinds.of(KEY, 40)["socket"] == 40


def test_an_ended_process_is_forgotten(machine, kinds):
    show(machine, "socket:[1]")
    kinds.of(KEY, 1)
    kinds.keep([])
    show(machine, "/srv/data/log")
    assert kinds.of(KEY, 1)["file"] == 1


def test_this_very_process():
    kinds = DescriptorKinds(Kernel())
    before = kinds.of((os.getpid(), 1), 0)
    read, write = os.pipe()
    with socket.socket(), tempfile.TemporaryFile():
        after = kinds.of((os.getpid(), 2), 0)
    os.close(read)
    os.close(write)
    assert {kind: after[kind] - before[kind] for kind in ("socket", "pipe", "file")} == {
        "socket": 1,
        "pipe": 2,
        "file": 1,
    }
