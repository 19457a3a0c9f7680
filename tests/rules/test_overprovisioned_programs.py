"""overprovisioned where one package has two programs: none can do the work of the other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from advisor.diagnosis import Condition, RuleState
from advisor.engine import judge
from advisor.features import InstanceWindow, Snapshot
from advisor.vocabulary import Verdict
from tests.additions import with_recalled, with_window
from tests.builders import NOW
from tests.rules.test_overprovisioned import fleet, read, rule

Instances = tuple[InstanceWindow, ...]
API, WORKER = "/srv/shop/api.js", "/srv/shop/worker.js"


def programs(api: float, worker: float, second: str = WORKER, hosts: int = 1) -> Snapshot:
    """Four processes of each on each host; the peaks of their loops."""
    hot, cool = fleet(8 * hosts, peak=api, hosts=hosts), fleet(8 * hosts, peak=worker, hosts=hosts)
    past, calm = (seen.window.recalled["overprovisioned"] for seen in (hot, cool))
    now = _named(hot.window.instances, cool.window.instances, second)
    told = replace(past, instances=_named(past.instances, calm.instances, second))
    return with_recalled(with_window(hot, instances=now), "overprovisioned", told)


def _named(hot: Instances, cool: Instances, second: str) -> Instances:
    return tuple(
        replace(one, script=API) if one.id % 10 < 4 else replace(other, script=second)
        for one, other in zip(hot, cool, strict=True)
    )


def shrinking(seen: Snapshot) -> str:
    """The title of the way out."""
    known = {"memory-pressure": RuleState(Verdict.CLEAR, since=NOW - 3600.0, seen=NOW - 30.0)}
    (advice,) = judge(seen, known).advice
    return advice.options[0].title


def test_the_program_that_can_spare_some_is_told_of_with_its_own_number() -> None:
    found = read(programs(0.55, 0.05))
    assert found.condition is Condition.OVER
    assert found.claim.startswith("shop: 4 processes of worker.js were ")
    assert found.claim.split(", and ")[1].startswith("3 would be")
    assert shrinking(programs(0.55, 0.05)) == "Run 3 processes instead of 4"


def test_no_machine_goes_on_which_another_program_runs() -> None:
    assert shrinking(programs(0.5, 0.02, hosts=4)) == "Run 12 processes instead of 16"


@pytest.mark.parametrize("second", [WORKER, "/srv/shop/releases/7/worker.js"])
def test_silent_where_each_program_needs_what_it_has(second: str) -> None:
    """Seven would carry the work of all, if a worker took requests."""
    assert rule(programs(0.55, 0.46, second)).verdict is Verdict.CLEAR
    assert read(programs(0.55, 0.46, API)).condition is Condition.OVER
