from __future__ import annotations

import os

import pytest

from advisor_agent.collectors import process_scheduling
from advisor_agent.kernel import Kernel
from advisor_agent.scene import Observer

SWITCHES, WAIT = "process.context_switches", ("advisor.process.main_thread.cpu.wait",)


@pytest.fixture
def collected(machine, figures):
    def _collected():
        scene = Observer(machine.kernel).look()
        return figures(process_scheduling.collect_process(scene, scene.processes[0]))

    return _collected


def test_switches_by_type_and_seconds_in_the_run_queue(machine, collected):
    machine.node(100, "server.js", user=500)
    assert collected() == {(SWITCHES, "voluntary"): 1500, (SWITCHES, "involuntary"): 70, WAIT: 0.5}


@pytest.mark.parametrize("text", [None, "0 0\n"], ids=["no file", "a file of another form"])
def test_a_kernel_without_run_queue_times_has_switches_only(machine, collected, text):
    machine.node(100, "server.js", user=500)
    (machine.root / "proc/100/schedstat").unlink()
    if text:
        machine.write("proc/100/schedstat", text)
    assert collected() == {(SWITCHES, "voluntary"): 1500, (SWITCHES, "involuntary"): 70}


def test_this_kernel_tells_them_of_a_real_process(machine, figures):
    machine.node(100, "server.js")
    scene = Observer(machine.kernel).look()
    (process,) = scene.processes
    process.pid, scene.kernel = os.getpid(), Kernel()
    found = figures(process_scheduling.collect_process(scene, process))
    assert found[SWITCHES, "voluntary"] > 0
