from __future__ import annotations

import pytest

from advisor_agent.portable.collectors import process_threads


@pytest.mark.parametrize(("pid", "count"), [(4120, 14), (5200, 12)])
def test_threads(windows, look, process, figures, pid, count):
    scene = look(windows)
    assert figures(process_threads.collect_process(scene, process(scene, pid))) == {("process.thread.count",): count}


def test_hidden_ones_are_not_none(macos, look, process):
    macos.process(701)["denied"] = ["num_threads"]
    scene = look(macos)
    with pytest.raises(PermissionError):
        list(process_threads.collect_process(scene, process(scene, 701)))
