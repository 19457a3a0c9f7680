from __future__ import annotations

from advisor_agent.portable.collectors import disk


def test_bytes_operations_and_their_time_by_direction(macos, look, figures):
    assert figures(disk.collect_host(look(macos))) == {
        ("system.disk.io", "read", "disk0"): 8000000000,
        ("system.disk.io", "write", "disk0"): 6000000000,
        ("system.disk.operations", "read", "disk0"): 500000,
        ("system.disk.operations", "write", "disk0"): 300000,
        ("system.disk.operation_time", "read", "disk0"): 250.0,
        ("system.disk.operation_time", "write", "disk0"): 90.0,
    }


def test_windows_rounds_the_time_too_far_to_be_used(windows, look, figures):
    found = figures(disk.collect_host(look(windows)))
    assert found[("system.disk.io", "write", "PhysicalDrive0")] == 6000000000
    assert not [key for key in found if key[0] == "system.disk.operation_time"]


def test_a_machine_that_shows_no_disk(elsewhere, look, figures, monkeypatch):
    scene = look(elsewhere)
    monkeypatch.setattr(elsewhere, "disk_io_counters", lambda **options: None, raising=False)
    assert figures(disk.collect_host(scene)) == {}
