from __future__ import annotations

import shutil

from advisor_agent.collectors import pressure


def test_running_totals_in_seconds(scene, figures):
    assert figures(pressure.collect_host(scene))["advisor.system.pressure.io",] == 1.0


def test_a_kernel_without_psi_gives_nothing(machine, scene):
    shutil.rmtree(machine.root / "proc/pressure")
    assert list(pressure.collect_host(scene)) == []
