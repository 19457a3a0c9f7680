from __future__ import annotations

from advisor_agent.portable.collectors import process_memory


def test_macos_tells_faults_that_read_a_page_from_the_others(macos, look, process, figures):
    scene = look(macos)
    assert figures(process_memory.collect_process(scene, process(scene, 702))) == {
        ("process.memory.usage",): 90_000_000,
        ("process.paging.faults", "minor"): 39_500,
        ("process.paging.faults", "major"): 500,
    }


def test_windows_tells_the_working_set_and_faults_of_one_kind_which_are_not_sent(windows, look, process, figures):
    scene = look(windows)
    assert figures(process_memory.collect_process(scene, process(scene, 4120))) == {
        ("process.memory.usage",): 52_000_000
    }
