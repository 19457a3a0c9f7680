from __future__ import annotations

import os
import socket

import pytest

from advisor_agent.kernel import Kernel


def test_reads_below_its_root(machine):
    assert machine.kernel.read("proc/loadavg").startswith("0.50")
    assert machine.kernel.boot_time() == 1_790_000_000


def test_what_is_no_utf8_can_still_be_sent(machine):
    (machine.root / "etc/odd").write_bytes(b"a\xffb")
    assert machine.kernel.read("etc/odd") == "a\ufffdb"


def test_sockets_of_this_very_process():
    with socket.socket() as own:
        assert os.fstat(own.fileno()).st_ino in Kernel().socket_inodes(os.getpid())


def test_descriptor_count_of_this_very_process_follows_it():
    before = Kernel().descriptor_count(os.getpid())
    with socket.socket():
        assert Kernel().descriptor_count(os.getpid()) == before + 1


def test_a_process_that_is_gone_is_an_os_error(machine):
    with pytest.raises(FileNotFoundError):
        machine.kernel.read("proc", "4242", "stat")
