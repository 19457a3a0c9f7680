"""cause: work, waiting or garbage collection."""

from __future__ import annotations

import pytest

from advisor.features.cause import Cause, cause_of_blocks
from tests.builders import Load, snapshot


@pytest.mark.parametrize(
    ("load", "cause"),
    [
        (Load(elu=0.08, cpu=0.075, block=0.3), Cause.WORK),
        (Load(elu=0.08, cpu=0.05, block=0.3), Cause.WORK),
        (Load(elu=0.08, cpu=0.03, block=0.3), Cause.WAITING),
        (Load(elu=0.7, cpu=0.4, block=0.3), Cause.WAITING),
        (Load(elu=0.5, block=0.3, gc_pause=0.2), Cause.COLLECTION),
        (Load(elu=0.5, block=0.3, gc_pause=0.1), Cause.WORK),
        (Load(elu=0.0, rps=0.0, gc_pause=0.0), Cause.WORK),
    ],
)
def test_the_cause_is_read_from_cpu_time_and_pauses(load: Load, cause: Cause) -> None:
    assert cause_of_blocks(snapshot(load).processes[0], 600) is cause
