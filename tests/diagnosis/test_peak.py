"""peak: sizes go by the busiest hours of a week where those are known."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from advisor.diagnosis.peak import PAST, RECALL, growth, sized_for
from advisor.features import Snapshot
from tests.additions import with_recalled
from tests.builders import Load, Machine, snapshot
from tests.pasts import HOUR, Past, level, with_past

NOW = Load(elu=0.5, cpu=0.45, rps=100)


def seen(busiest: float, hours: float = 168, time_scale: float = 1.0) -> Snapshot:
    """A process that is half busy now, and whose loop was at this utilization for all of a past."""
    past = Past(hours, HOUR, {"loop_active": level(busiest * HOUR / time_scale)})
    return with_past(snapshot(NOW, machine=Machine(cores=8), time_scale=time_scale), PAST, past)


@pytest.mark.parametrize("time_scale", [1.0, 5.0])
@pytest.mark.parametrize(("busiest", "factor"), [(0.75, 1.5), (0.9, 1.8)])
def test_it_is_the_work_of_the_busiest_hours_over_that_of_now(busiest: float, factor: float, time_scale: float) -> None:
    assert growth(seen(busiest, time_scale=time_scale)) == pytest.approx(factor, rel=0.04)


@pytest.mark.parametrize("busiest", [0.1, 0.5])
def test_it_is_a_tenth_at_least(busiest: float) -> None:
    assert growth(seen(busiest)) == 1.1
    assert sized_for(seen(busiest)) == ""


def test_without_a_past_it_is_a_tenth() -> None:
    assert growth(snapshot(NOW)) == 1.1
    empty = replace(snapshot(NOW).window, instances=())
    assert growth(with_recalled(snapshot(NOW), PAST, empty)) == 1.1


def test_what_decides_is_said_with_its_number() -> None:
    said = r" Sized for the busiest hours of the last 7 days, which took 1\.[89] times the work of now\."
    assert re.fullmatch(said, sized_for(seen(0.9)))


def test_the_past_has_what_tells_the_swing_of_a_day() -> None:
    assert {"requests", "loop_active"} <= set(RECALL.process)
