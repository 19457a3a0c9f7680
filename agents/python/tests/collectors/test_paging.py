from __future__ import annotations

from advisor_agent.collectors import paging


def test_faults_by_type_and_swapped_pages_by_direction(scene, figures):
    assert figures(paging.collect_host(scene)) == {
        ("system.paging.faults", "minor"): 89_700,
        ("system.paging.faults", "major"): 300,
        ("system.paging.operations", "in"): 200,
        ("system.paging.operations", "out"): 400,
    }


def test_a_kernel_without_swap_has_faults_only(machine, scene, figures):
    machine.write("proc/vmstat", "pgfault 10\npgmajfault 1\n")
    assert figures(paging.collect_host(scene)) == {
        ("system.paging.faults", "minor"): 9,
        ("system.paging.faults", "major"): 1,
    }
