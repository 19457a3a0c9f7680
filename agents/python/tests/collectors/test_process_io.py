from __future__ import annotations

import pytest

from advisor_agent.collectors import process_io
from advisor_agent.scene import Observer


@pytest.fixture
def collected(machine, figures):
    def _collected():
        scene = Observer(machine.kernel).look()
        return figures(process_io.collect_process(scene, scene.processes[0]))

    return _collected


def test_bytes_of_disks_and_not_of_the_page_cache(machine, collected):
    machine.node(100, "server.js", user=500)
    assert collected() == {("process.disk.io", "read"): 500 * 4096, ("process.disk.io", "write"): 500 * 512}


def test_a_kernel_that_does_not_account_for_it_says_nothing(machine, collected):
    machine.node(100, "server.js")
    (machine.root / "proc/100/io").unlink()
    assert collected() == {}


def test_a_hidden_file_is_no_nought(machine, collected, monkeypatch):
    machine.node(100, "server.js")
    read = machine.kernel.read

    def refuse(*parts):
        if parts[-1] == "io":
            raise PermissionError(13, "Permission denied", "/proc/100/io")
        return read(*parts)

    monkeypatch.setattr(machine.kernel, "read", refuse)
    with pytest.raises(PermissionError):
        collected()
