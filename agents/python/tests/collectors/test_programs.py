from __future__ import annotations

from advisor_agent.collectors import programs
from advisor_agent.scene import Observer


def test_a_datastore_is_found_without_being_asked_for(machine, figures):
    machine.program(700, "/usr/lib/postgresql/16/bin/postgres", user=0)
    machine.other(200)
    found = figures(programs.collect_host(Observer(machine.kernel).look()))
    assert {name: value for (name, _), value in found.items() if not name.endswith("usage")} == {
        "advisor.program.process.count": 1,
        "advisor.program.cpu.time": 0,
        "advisor.program.thread.count": 11,
        "advisor.program.file_descriptor.count": 4,
    }
    assert {program for _, program in found} == {"postgres"}
    assert 49e6 < found["advisor.program.memory.usage", "postgres"] <= 50e6


def test_other_programs_only_on_request(machine, figures):
    machine.program(800, "/usr/sbin/nginx")
    assert figures(programs.collect_host(Observer(machine.kernel).look())) == {}
    asked = figures(programs.collect_host(Observer(machine.kernel, {"nginx"}).look()))
    assert asked["advisor.program.process.count", "nginx"] == 1


def test_hidden_descriptors_are_left_out(machine, figures, monkeypatch):
    machine.program(700, "/usr/bin/mongod")

    def refuse(pid):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(machine.kernel, "descriptor_count", refuse)
    found = figures(programs.collect_host(Observer(machine.kernel).look()))
    assert "advisor.program.file_descriptor.count" not in {name for name, _ in found}
    assert found["advisor.program.process.count", "mongod"] == 1
