from __future__ import annotations

from advisor_agent.collectors import process_descriptors
from advisor_agent.scene import Observer

COUNT, LIMIT = ("process.unix.file_descriptor.count",), ("advisor.process.file_descriptor.limit",)
KINDS = "advisor.process.file_descriptor.count"


def collected(machine, figures):
    scene = Observer(machine.kernel).look()
    return figures(process_descriptors.collect_process(scene, scene.processes[0]))


def test_open_of_each_kind_and_soft_limit(machine, figures):
    machine.node(100, "server.js", descriptors=("/dev/null", "pipe:[1]", "socket:[2]"))
    kinds = {(KINDS, "socket"): 1, (KINDS, "pipe"): 1, (KINDS, "file"): 0, (KINDS, "other"): 1}
    assert collected(machine, figures) == {COUNT: 3, LIMIT: 1024, **kinds}


def test_unlimited_is_no_number(machine, figures):
    machine.node(100, "server.js")
    machine.write("proc/100/limits", "Max open files            unlimited            unlimited            files\n")
    found = collected(machine, figures)
    assert found[COUNT] == 2
    assert LIMIT not in found


def test_a_hidden_count_leaves_the_limit(machine, figures, monkeypatch):
    machine.node(100, "server.js")

    def refuse(pid):
        raise PermissionError(13, "Permission denied", f"/proc/{pid}/fd")

    monkeypatch.setattr(machine.kernel, "descriptor_count", refuse)
    assert collected(machine, figures) == {LIMIT: 1024}


def test_hidden_kinds_leave_count_and_limit(machine, figures, monkeypatch):
    machine.node(100, "server.js")

    def refuse(pid):
        raise PermissionError(13, "Permission denied", f"/proc/{pid}/fd/1")

    monkeypatch.setattr(machine.kernel, "descriptor_targets", refuse)
    assert collected(machine, figures) == {COUNT: 2, LIMIT: 1024}
