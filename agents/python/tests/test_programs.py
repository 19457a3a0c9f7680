from __future__ import annotations

import os
import shutil
import subprocess

import pytest

from advisor_agent.kernel import PAGE_BYTES, TICKS_PER_SECOND, Kernel
from advisor_agent.processes import Processes
from advisor_agent.programs import Programs

POSTGRES = "/usr/lib/postgresql/16/bin/postgres"
SECOND = TICKS_PER_SECOND


@pytest.fixture
def programs(machine):
    return Programs(machine.kernel)


def gone(machine, pid):
    shutil.rmtree(machine.root / f"proc/{pid}")


def cpu(programs, name, *pids):
    (found,) = programs.read({name: pids})
    return found.cpu


def test_all_processes_of_a_program_are_added_up_and_shared_memory_counts_once(machine, programs):
    machine.program(700, POSTGRES, user=10 * SECOND)
    machine.program(701, POSTGRES, parent=700, user=5 * SECOND)
    (found,) = programs.read({"postgres": [700, 701]})
    own, shared = (size // PAGE_BYTES * PAGE_BYTES for size in (50_000_000, 38_000_000))
    assert (found.name, found.processes, found.threads, found.descriptors) == ("postgres", 2, 22, 8)
    assert found.memory == 2 * (own - shared) + shared
    assert found.cpu == (10 + 5) * 1.2


def test_what_a_parent_counts_of_its_ended_child_is_not_counted_twice(machine, programs):
    machine.program(700, POSTGRES, user=10 * SECOND)
    machine.program(701, POSTGRES, parent=700, user=5 * SECOND)
    before = cpu(programs, "postgres", 700, 701)
    gone(machine, 701)
    machine.program(700, POSTGRES, user=10 * SECOND, children=7 * SECOND)  # 6 s were seen, one was not
    assert cpu(programs, "postgres", 700) == pytest.approx(before + 1)


def test_backends_that_nobody_saw_are_in_the_sum(machine, programs):
    machine.program(700, POSTGRES, user=0)
    assert cpu(programs, "postgres", 700) == 0
    machine.program(700, POSTGRES, user=0, children=30 * SECOND)
    assert cpu(programs, "postgres", 700) == 30


def test_a_restart_of_all_processes_lets_nothing_fall(machine, programs):
    machine.program(700, POSTGRES, user=10 * SECOND, children=100 * SECOND)
    machine.program(701, POSTGRES, parent=700, user=5 * SECOND)
    before = cpu(programs, "postgres", 700, 701)
    gone(machine, 700)
    gone(machine, 701)
    machine.program(900, POSTGRES, user=SECOND)
    assert cpu(programs, "postgres", 900) == pytest.approx(before + 1.2)


def test_children_of_a_program_that_starts_others_are_not_its_own_time(machine, programs):
    machine.program(800, "/usr/bin/supervisord", user=SECOND, children=36_000 * SECOND)
    assert cpu(programs, "supervisord", 800) == 1.2


def test_a_worker_that_ended_keeps_its_time(machine, programs):
    machine.program(800, "/usr/sbin/nginx", user=0)
    machine.program(801, "/usr/sbin/nginx", parent=800, user=10 * SECOND)
    machine.program(802, "/usr/sbin/nginx", parent=800, user=10 * SECOND)
    assert cpu(programs, "nginx", 800, 801, 802) == 24
    gone(machine, 801)
    machine.program(802, "/usr/sbin/nginx", parent=800, user=15 * SECOND)
    assert cpu(programs, "nginx", 800, 802) == 30


def test_a_reused_pid_is_another_process(machine, programs):
    machine.program(800, "/usr/sbin/nginx", user=10 * SECOND)
    machine.program(801, "/usr/sbin/nginx", user=10 * SECOND)
    cpu(programs, "nginx", 800, 801)
    machine.program(801, "/usr/sbin/nginx", user=5 * SECOND, start=2000)
    assert cpu(programs, "nginx", 800, 801) == pytest.approx(30)


def test_a_backend_that_ends_between_two_readings_makes_the_sum_stand_still(machine, programs):
    machine.program(700, POSTGRES, user=0)
    machine.program(701, POSTGRES, parent=700, user=10 * SECOND)
    assert cpu(programs, "postgres", 700, 701) == 12
    gone(machine, 701)  # its parent was read before it was told
    assert cpu(programs, "postgres", 700, 701) == 12
    machine.program(700, POSTGRES, user=0, children=13 * SECOND)
    assert cpu(programs, "postgres", 700) == 13


def test_a_program_that_is_gone_is_not_reported(machine, programs):
    machine.program(700, POSTGRES)
    assert programs.read({"postgres": [700]})
    gone(machine, 700)
    assert programs.read({"postgres": [700]}) == []
    assert programs.read({}) == []


def test_hidden_descriptors_of_one_process_leave_the_count_out(machine, programs, monkeypatch):
    machine.program(700, POSTGRES)
    machine.program(701, POSTGRES)

    def count(pid):
        if pid == 700:
            raise PermissionError(13, "Permission denied")
        return 4

    monkeypatch.setattr(machine.kernel, "descriptor_count", count)
    (found,) = programs.read({"postgres": [700, 701]})
    assert (found.processes, found.descriptors) == (2, None)


def test_a_real_process_that_ends_leaves_its_time(tmp_path):
    """Under a name of its own: nothing else on this machine is called so."""
    program = tmp_path / f"worker-{os.getpid()}"
    shutil.copy(os.path.realpath("/bin/sh"), program)
    children = [subprocess.Popen([program, "-c", "while :; do :; done"]) for _ in range(2)]
    processes, programs = Processes(Kernel(), {program.name}), Programs(Kernel())

    def look():
        processes.scan()
        (found,) = programs.read(processes.named)
        return found

    try:
        found = look()
        while found.cpu < 0.1:
            found = look()
        assert found.processes == 2
        children[0].kill()
        children[0].wait()
        assert look().processes == 1
        assert look().cpu >= found.cpu
    finally:
        for child in children:
            child.kill()
            child.wait()
    processes.scan()
    assert processes.named == {}
