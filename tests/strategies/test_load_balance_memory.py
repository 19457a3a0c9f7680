"""load-balance: memory that follows the load, and processes that fill a machine."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from advisor.diagnosis import Evidence
from advisor.features import Snapshot
from tests import rulings
from tests.additions import rows, with_figures, with_recalled
from tests.answers import expected
from tests.builders import Load, Machine, snapshot
from tests.strategies.tools import cloudformation
from tests.strategies.tools.gcloud import parsed

offered = partial(rulings.offered, "load-balance")
refused = partial(rulings.refused, "load-balance")

LOADED, MEMORY = Load(elu=0.3, rps=60, rss=0.2e9), "memory-pressure"
PRESSED = Evidence("memory_long", "Memory of the host in use, least of ten minutes", 0.9, "1", 0.85, "at least", True)


def remembering(each: float, *, usage: float = 0.9e9) -> Snapshot:
    """A container of 1 GB; two hours in which memory took so many bytes for each request a second."""
    seen = with_figures(snapshot(LOADED), cgroup_memory_limit=1e9, cgroup_memory_usage=usage)
    rate = 60 + 40 * np.sin(np.arange(60) / 8)
    track = rows(7200, 120, requests=120 * rate, memory_rss=100e6 + each * rate)
    past = tuple(replace(one, track=track) for one in seen.window.instances)
    return with_recalled(seen, MEMORY, replace(seen.window, instances=past))


def test_memory_that_follows_the_load_is_sized_and_told_by_memory(tmp_path: Path) -> None:
    found = offered(MEMORY, remembering(8e6), PRESSED)
    memory = expected(found, "memory")
    template = next(step.code for step in found.steps if step.file == "balancer.cfn.yaml")
    code = next(step.code for step in found.steps if "--max-rate-per-instance" in step.code)
    rate = next(flags["max-rate-per-instance"] for name, _, flags in parsed(code) if name.endswith("add-backend"))
    assert found.title == "Add 1 machine behind a load balancer"
    assert found.adds_copies
    assert [e.metric for e in found.expected] == ["memory"]
    assert memory.now == pytest.approx(0.9)
    assert memory.low == pytest.approx(0.66, abs=0.01)
    assert "busy" not in found.why
    assert cloudformation.complaints(template, tmp_path) == ""
    assert int(rate) == pytest.approx(41, abs=2)
    assert "2 connection pools instead of 1" in found.check_first


@pytest.mark.parametrize(("each", "says"), [(0.0, "0%"), (1e6, " MB follow the load")])
def test_memory_that_does_not_is_as_short_on_more_machines(each: float, says: str) -> None:
    assert says in refused(MEMORY, remembering(each), PRESSED)


def test_a_level_that_follows_the_load_and_is_little_of_the_memory_does_not_count() -> None:
    """The line explains four fifths of the process's memory; its container is full of something else."""
    reason = refused(MEMORY, remembering(2e6, usage=0.95e9), PRESSED)
    assert reason.startswith("Of the 950 MB in use in the container of process 1010, 1")


def test_processes_that_fill_a_machine_at_rest_go_elsewhere_without_copies() -> None:
    seen = snapshot(*[Load(rss=1.5e9)] * 4, machine=Machine(memory=8e9, available=0.8e9))
    found = offered(MEMORY, seen, PRESSED)
    assert found.title == "Spread the 4 processes over 2 machines"
    assert not found.adds_copies
    assert [e.metric for e in found.expected] == ["memory"]
    assert "connection pools" not in found.check_first


def test_a_leak_is_spread_over_no_machines() -> None:
    grew = (
        Evidence("growth", "Growth of the heap at equal load", 300e6, "By", 50e6, "at least", True),
        Evidence("growth_late", "Late growth, of early growth", 0.9, "1", 0.5, "at least", True),
    )
    assert "each copy would grow as well" in refused(MEMORY, remembering(8e6), PRESSED, *grew)
