from __future__ import annotations

import time

import pytest

from advisor_agent.portable.collectors import process_uptime


@pytest.mark.parametrize(("started_before", "uptime"), [(3600, 3600), (-50, 0)])
def test_since_its_start_and_never_negative(macos, look, process, figures, started_before, uptime):
    macos.process(701)["create_time"] = time.time() - started_before
    scene = look(macos)
    found = figures(process_uptime.collect_process(scene, process(scene, 701)))
    assert found[("process.uptime",)] == pytest.approx(uptime, abs=40)
