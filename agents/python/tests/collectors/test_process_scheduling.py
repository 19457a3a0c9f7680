from __future__ import annotations

import os

import pytest

from advisor_agent.collectors import process_scheduling
from advisor_agent.kernel import Kernel
from advisor_agent.scene import Observer

SWITCHES, WAIT = "process.context_switches", ("advisor.process.main_thread.cpu.wait",)
CPU, SYSTEM = ("advisor.process.main_thread.cpu.time",), ("advisor.process.main_thread.cpu.system.time",)


@pytest.fixture
def collected(machine, figures):
    def _collected():
        scene = Observer(machine.kernel).look()
        return figures(process_scheduling.collect_process(scene, scene.processes[0]))

    return _collected


def test_cpu_time_switches_by_type_and_seconds_in_the_run_queue(machine, collected):
    machine.node(100, "server.js", user=500)
    assert collected() == {
        CPU: 4.5,
        SYSTEM: 0.9,
        (SWITCHES, "voluntary"): 1500,
        (SWITCHES, "involuntary"): 70,
        WAIT: 0.5,
    }


def test_times_are_told_to_the_millisecond(machine, collected):
    machine.node(100, "server.js")
    machine.write("proc/100/schedstat", "1234567890 2345678901 5\n")
    found = collected()
    assert (found[CPU], found[WAIT]) == (1.235, 2.346)


@pytest.mark.parametrize("text", [None, "0 0\n", "0 0 0\n"], ids=["no file", "another form", "not kept"])
def test_a_kernel_without_run_queue_times_has_the_cpu_time_of_the_threads_own_file(machine, collected, text):
    machine.node(100, "server.js", user=500)
    (machine.root / "proc/100/schedstat").unlink()
    if text:
        machine.write("proc/100/schedstat", text)
    assert collected() == {CPU: 5.4, SYSTEM: 0.9, (SWITCHES, "voluntary"): 1500, (SWITCHES, "involuntary"): 70}


def test_this_kernel_tells_them_of_a_real_process(machine, figures):
    machine.node(100, "server.js")
    scene = Observer(machine.kernel).look()
    (process,) = scene.processes
    process.pid, scene.kernel = os.getpid(), Kernel()
    found = figures(process_scheduling.collect_process(scene, process))
    assert found[SWITCHES, "voluntary"] > 0
    assert found[CPU] > 0
    assert 0 <= found[SYSTEM] <= found[CPU] + 0.02
