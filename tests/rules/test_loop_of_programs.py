"""event-loop-saturated where one package has two programs: a full API beside the idle worker of its queue."""

from __future__ import annotations

from dataclasses import replace

from advisor.diagnosis import Condition
from advisor.engine import judge
from advisor.features import Snapshot
from advisor.vocabulary import Verdict
from tests.additions import with_figures, with_window
from tests.builders import Load, Machine, snapshot
from tests.rules.test_event_loop_saturated import read, rule

API = Load(elu=0.92, cpu=0.88, rps=150, noise=0.0)
JOBS = Load(elu=0.3, cpu=0.28, rps=0.0, routes={})


def programs(api: Load, jobs: Load, second: str = "/app/worker.js") -> Snapshot:
    """Three processes of each; nobody connects to those that take jobs from a queue."""
    seen = snapshot(*[api] * 3, *[jobs] * 3, machine=Machine(cores=8, cpu=0.5))
    for place in (3, 4, 5):
        seen = with_figures(seen, place, connections=0.0)
    told = seen.window.instances
    scripts = ["/app/api.js"] * 3 + [second] * 3
    return with_window(seen, instances=tuple(replace(one, script=s) for one, s in zip(told, scripts, strict=True)))


def test_a_full_api_is_told_of_beside_the_idle_worker_of_its_queue() -> None:
    found = read(programs(API, JOBS))
    assert found.condition is Condition.OVER
    assert "its 3 event loops of api.js are on average 92% busy" in found.claim


def test_its_ways_out_are_sized_for_it_alone() -> None:
    (advice,) = judge(programs(API, JOBS), {}).advice
    cluster = next(option for option in advice.options if option.id == "cluster")
    alone = snapshot(*[API] * 3, machine=Machine(cores=8, cpu=0.5))
    (expected,) = judge(alone, {}).advice
    assert cluster.title == next(option for option in expected.options if option.id == "cluster").title
    assert any("api.js" in step.code and "worker.js" not in step.code for step in cluster.steps)


def test_silent_where_only_the_jobs_fill_their_loops() -> None:
    """A consumer may: nobody waits for it, and the API has room."""
    seen = programs(replace(API, elu=0.5, cpu=0.45), replace(JOBS, elu=0.97, cpu=0.95))
    assert rule(seen).verdict is Verdict.CLEAR


def test_silent_where_one_program_is_unevenly_busy() -> None:
    assert rule(programs(API, JOBS, second="/app/api.js")).verdict is Verdict.CLEAR
    assert rule(programs(API, JOBS, second="/old/api.js")).verdict is Verdict.CLEAR
