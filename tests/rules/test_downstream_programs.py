"""downstream-bound where one package has two programs: a slow API beside workers of its queue that are busy."""

from __future__ import annotations

from dataclasses import replace

from advisor.diagnosis import Condition
from advisor.features import Snapshot
from advisor.vocabulary import PartKind, Verdict
from tests.additions import with_figures, with_part, with_window
from tests.builders import Load, Machine, snapshot
from tests.rules.test_downstream_bound import DB, read, rule

JOBS = Load(elu=0.97, cpu=0.9, rps=0.0, routes={})


def beside_workers(latency: float, other: str = "/app/worker.js") -> Snapshot:
    """One process that answers, most of that time in a database, and four that take jobs."""
    api = Load(elu=0.2, rps=40, latency=latency, noise=0.0)
    seen = snapshot(api, *[JOBS] * 4, name="checkout", machine=Machine(cores=16, cpu=0.3))
    for place in range(1, 5):
        seen = with_figures(seen, place, connections=0.0)
    scripts = ("/app/api.js", *[other] * 4)
    first, *others = (replace(one, script=s) for one, s in zip(seen.window.instances, scripts, strict=True))
    count, spent = first.track.values["requests"], first.track.values["request_time"]
    alone = with_part(with_window(seen, instances=(first,)), PartKind.DATABASE, DB, count=2 * count,
                      duration=0.8 * spent, errors=0.0 * count)  # fmt: skip
    return with_window(seen, instances=(*alone.window.instances, *others))


def test_busy_workers_do_not_hide_a_slow_api() -> None:
    found = read(beside_workers(0.9))
    assert found.condition is Condition.OVER
    assert next(e.holds for e in found.evidence if e.signal == "loop_utilization")


def test_silent_while_the_api_is_quick_or_as_busy_as_they_are() -> None:
    assert rule(beside_workers(0.05)).verdict is Verdict.CLEAR
    assert rule(beside_workers(0.9, "/app/api.js")).verdict is Verdict.CLEAR
