from __future__ import annotations

import pytest

from advisor_agent.collectors import cpu


def test_each_mode_of_each_processor_in_seconds(scene, figures):
    found = figures(cpu.collect_host(scene))
    assert found["system.cpu.time", "0", "user"] == 10.0
    assert found["system.cpu.time", "1", "steal"] == 0.08
    assert found["system.cpu.time", "0", "interrupt"] == pytest.approx(0.10)
    assert found["system.cpu.logical.count",] == 2


def test_guest_time_is_not_counted_beside_user_time(scene, figures):
    modes = {key[2] for key in figures(cpu.collect_host(scene)) if len(key) == 3}
    assert modes == {"user", "nice", "system", "interrupt", "iowait", "steal", "idle"}
