from __future__ import annotations

import psutil
import pytest

from advisor_agent.portable.collectors import process_cpu


def test_time_by_mode(macos, look, process, figures):
    scene = look(macos)
    assert figures(process_cpu.collect_process(scene, process(scene, 702))) == {
        ("process.cpu.time", "user"): 60.0,
        ("process.cpu.time", "system"): 12.0,
    }


def test_another_users_process_hides_it(macos, look, process):
    macos.process(702)["denied"] = ["cpu_times"]
    scene = look(macos)
    with pytest.raises(PermissionError):
        list(process_cpu.collect_process(scene, process(scene, 702)))


def test_a_zombie_has_ended(macos, look, process):
    scene = look(macos)
    macos.errors["cpu_times"] = psutil.ZombieProcess(702)
    with pytest.raises(ProcessLookupError):
        list(process_cpu.collect_process(scene, process(scene, 702)))
