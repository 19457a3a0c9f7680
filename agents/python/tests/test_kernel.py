from __future__ import annotations

import os
import resource
import socket
import subprocess
import sys
from subprocess import PIPE

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


def test_the_descriptor_limit_is_the_same_by_call_and_by_file(monkeypatch):
    def refuse(*arguments):
        raise PermissionError(1, "Operation not permitted")

    with subprocess.Popen(["sh", "-c", "ulimit -Sn 123; echo set; read line"], stdin=PIPE, stdout=PIPE) as child:
        child.stdout.readline()
        assert Kernel().descriptor_limit(child.pid) == 123
        monkeypatch.setattr(resource, "prlimit", refuse)
        assert Kernel().descriptor_limit(child.pid) == 123
        child.stdin.close()


def test_no_descriptor_limit_is_0(monkeypatch):
    monkeypatch.setattr(resource, "prlimit", lambda *arguments: (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    assert Kernel().descriptor_limit(os.getpid()) == 0


def test_the_descriptor_limit_of_a_process_that_is_gone_is_an_os_error():
    with subprocess.Popen(["true"]) as child:
        child.wait()
    with pytest.raises(ProcessLookupError):
        Kernel().descriptor_limit(child.pid)


@pytest.mark.parametrize(
    "path", ["proc/meminfo", "proc/self/net/dev", "proc/diskstats", "proc/cpuinfo", "proc/kallsyms"]
)
def test_a_file_that_stays_open_is_read_whole_each_time(path):
    lines = len(Kernel().read(path).splitlines())
    assert [len(Kernel().read_again(path).splitlines()) for _ in range(2)] == [lines, lines]


def test_a_file_that_stays_open_shows_what_is_new():
    kernel = Kernel()
    before = float(kernel.read_again("proc/uptime").split()[0])
    while float(kernel.read_again("proc/uptime").split()[0]) == before:
        pass
    assert float(kernel.read_again("proc/uptime").split()[0]) > before


def test_a_file_that_stays_open_and_is_not_there_is_an_os_error():
    with pytest.raises(FileNotFoundError):
        Kernel().read_again("proc/nothing")


def test_the_children_of_this_very_process():
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    with child:
        assert child.pid in Kernel().children(os.getpid())
        child.communicate(b"\n", 60)
    assert child.pid not in Kernel().children(os.getpid())


def test_the_age_of_the_kernel_is_the_clock_of_process_starts(machine):
    assert machine.kernel.boot_age() == 5000.5
