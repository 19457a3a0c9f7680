"""CPU time and memory of a tree of processes."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from bench import proc

TABLE = {1: proc.Stat(0, 0.0), 2: proc.Stat(1, 1.5), 3: proc.Stat(2, 0.25), 4: proc.Stat(1, 8.0)}
PARENT = """
import os, sys, time
child = os.fork()
if not child:
    while time.process_time() < 0.3:
        pass
    os._exit(0)
os.waitpid(child, 0)
print("ended", flush=True)
sys.stdin.read()
"""


def test_a_tree_is_the_root_and_all_below_it():
    assert sorted(proc.tree(2, TABLE)) == [2, 3]
    assert sorted(proc.tree(1, TABLE)) == [1, 2, 3, 4]
    assert proc.tree(5, TABLE) == []


def test_the_children_that_ended_are_read_whatever_the_name_holds():
    ticks = os.sysconf("SC_CLK_TCK")
    fields = ["S", "42", *["0"] * 11, str(3 * ticks), str(ticks), *["0"] * 4]
    assert proc.parsed_stat(f"7 (a) (b c) {' '.join(fields)}") == proc.Stat(42, 4.0)


def test_memory_is_told_in_bytes():
    text = "5578-7ffd ---p 0 00:00 0 [rollup]\nRss:  20 kB\nPss:  8 kB\nShared_Clean: 4 kB\n"
    assert proc.parsed_memory(text) == proc.Memory(20 * 1024, 8 * 1024)


def test_what_a_child_used_stays_counted_when_it_has_ended():
    with subprocess.Popen([sys.executable, "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        parent.stdout.readline()
        table = proc.stats()
        pids = proc.tree(parent.pid, table)
        assert pids == [parent.pid]
        assert proc.used(pids, table) >= 0.2
        assert proc.memory(pids).rss > proc.memory(pids).pss > 0
        parent.stdin.close()


def test_the_own_time_is_that_of_the_process_clock():
    here = proc.used([os.getpid()], {os.getpid(): proc.Stat(0, 0.0)})
    assert here == pytest.approx(sum(os.times()[:2]), abs=0.05)


def test_a_process_that_is_gone_uses_nothing_more():
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        child.wait()
    assert proc.used([child.pid], {child.pid: proc.Stat(0, 0.0)}) == 0
    assert proc.memory([child.pid]) == proc.Memory(0, 0)
