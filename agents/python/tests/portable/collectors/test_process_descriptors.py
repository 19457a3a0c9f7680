from __future__ import annotations

from advisor_agent.portable.collectors import process_descriptors


def test_macos_counts_them(macos, look, process, figures):
    scene = look(macos)
    found = figures(process_descriptors.collect_process(scene, process(scene, 701)))
    assert found == {("process.unix.file_descriptor.count",): 31}


def test_handles_of_windows_are_something_else(windows, look, process, figures):
    scene = look(windows)
    assert figures(process_descriptors.collect_process(scene, process(scene, 4120))) == {}
