"""cluster: sized by the work and the idle cores; vetoed by cores, loops and memory."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest

from advisor.features import Snapshot
from advisor.vocabulary import Family
from tests.additions import with_window
from tests.answers import answered, expected, option, rejection
from tests.builders import Load, Machine, Senders, snapshot

SATURATED, BLOCKED, STARVED = "event-loop-saturated", "event-loop-blocked", "host-cpu-saturated"
FULL = Load(elu=0.885, cpu=0.85, rps=175, latency=0.0055)
HEAVY = Load(elu=0.08, cpu=0.075, rps=3, block=0.3)

offered = partial(option, "cluster", SATURATED)
refused = partial(rejection, "cluster", SATURATED)


@pytest.mark.parametrize(
    ("loads", "machine", "workers"),
    [
        ([FULL], Machine(cores=2, cpu=0.72), 2),
        ([FULL], Machine(cores=8, cpu=0.15), 3),
        ([replace(FULL, elu=0.98, cpu=0.97)], Machine(cores=8, cpu=0.15), 3),
        ([FULL], Machine(cores=3, cpu=0.5), 3),
        ([FULL] * 2, Machine(cores=8, cpu=0.3), 4),
        ([FULL] * 4, Machine(cores=8, cpu=0.5), 7),
        ([FULL] * 3, Machine(cores=4, cpu=0.7), 4),
        ([FULL], Machine(cores=4, cpu=0.5, other_loops=(0.9, 0.9)), 2),
    ],
)
def test_it_is_sized_by_the_work_within_the_idle_cores(loads: list[Load], machine: Machine, workers: int) -> None:
    found = offered(snapshot(*loads, machine=machine))
    assert found.title == f"Run {workers} workers on web-1"
    assert found.family is Family.CLONING


@pytest.mark.parametrize(("cores", "busy"), [(2.0, "88%"), (8.0, "44%")])
def test_it_says_how_busy_the_others_are_while_one_starts_anew(cores: float, busy: str) -> None:
    """0.88 of a loop: two workers have one left, three have two."""
    steady = replace(FULL, elu=0.88, noise=0.0)
    found = offered(snapshot(steady, machine=Machine(cores=cores, cpu=0.5)))
    assert f"each of the others would be {busy} busy." in found.why


def test_it_is_sized_for_the_busiest_hours_of_a_week() -> None:
    found = offered(with_window(snapshot(FULL, machine=Machine(cores=8, cpu=0.15)), busiest=2.0))
    assert found.title == "Run 4 workers on web-1"
    assert "The busiest hours of the last 7 days took 2.3 times the work of now." in found.why


@pytest.mark.parametrize(
    ("machine", "why"),
    [
        (Machine(cores=1, cpu=0.75), "has 1 core"),
        (Machine(cores=2, cpu=0.78), "Only 0.4 of 2 cores"),
        (Machine(cores=2, cpu=0.6, other_loops=(0.7,)), "already runs 2 busy event loops on 2 cores"),
        (Machine(cores=4, cpu=0.3, memory=1e9, available=0.2e9), "of the memory"),
    ],
)
def test_each_veto_names_its_number(machine: Machine, why: str) -> None:
    assert why in refused(snapshot(FULL, machine=machine))


def test_a_burst_of_the_host_does_not_turn_the_advice_over() -> None:
    seen = snapshot(FULL, machine=Machine(cores=2, cpu=0.7))
    host = seen.window.hosts[0].track
    burst = host.times > seen.now - 50
    host.values["cpu_user"][burst] += 0.1 * 20
    host.values["cpu_idle"][burst] -= 0.1 * 20
    assert offered(seen).title == "Run 2 workers on web-1"


def test_it_needs_to_know_the_processors() -> None:
    assert "0 of its hosts" in refused(snapshot(FULL, senders=Senders(host=False)))


def test_it_is_refused_on_a_full_host() -> None:
    starved = snapshot(*[Load(elu=0.99, cpu=0.47)] * 4, machine=Machine(cores=2, cpu=0.97))
    assert "51% of the time" in rejection("cluster", STARVED, starved)


@pytest.mark.parametrize("machine", [Machine(cores=2, cpu=0.6, steal=0.15), Machine(cores=2, cpu=0.4, throttled=0.4)])
def test_it_is_refused_where_processors_are_taken_away_on_a_half_idle_host(machine: Machine) -> None:
    starved = snapshot(Load(elu=0.9, cpu=0.6), machine=machine)
    assert "wait for a processor" in rejection("cluster", STARVED, starved)


def test_enough_workers_are_not_increased() -> None:
    seen = snapshot(*[Load(elu=0.4)] * 3, machine=Machine(cores=8, cpu=0.2))
    assert "already carry the work" in refused(seen)


def test_the_effect_is_a_range_around_the_shared_work() -> None:
    found = offered(snapshot(FULL, machine=Machine(cores=4, cpu=0.3)))
    loop, p95, capacity = (expected(found, m) for m in ("loop_utilization", "p95", "capacity"))
    assert loop.low is not None
    assert loop.high is not None
    assert loop.low < 0.885 / 3 < loop.high < 0.885 / 2
    assert p95.now is not None
    assert p95.low is not None
    assert p95.high is not None
    assert 0.005 <= p95.low < p95.high <= p95.now
    assert capacity.now == pytest.approx(175 / 0.885, rel=0.05)
    assert capacity.low is not None
    assert capacity.high is not None
    assert capacity.low < capacity.high <= 3.01 * 175 / 0.885 * 1.05
    assert capacity.low > 175 / 0.885


def test_idle_cores_bound_the_highest_load() -> None:
    tight = expected(offered(snapshot(FULL, machine=Machine(cores=2, cpu=0.72))), "capacity")
    roomy = expected(offered(snapshot(FULL, machine=Machine(cores=8, cpu=0.15))), "capacity")
    assert tight.high is not None
    assert roomy.high is not None
    assert tight.high == pytest.approx(175 * (0.85 + 0.56) / 0.85, rel=0.05)
    assert tight.high < roomy.high


def test_where_demand_cannot_be_seen_the_range_is_open() -> None:
    found = offered(snapshot(replace(FULL, elu=0.98, cpu=0.97), machine=Machine(cores=8, cpu=0.2)))
    assert [e.high for e in found.expected] == [None, None, None]


def test_too_few_requests_give_no_p95() -> None:
    found = offered(snapshot(replace(FULL, rps=0.2), machine=Machine(cores=4, cpu=0.3)))
    assert "p95" not in {e.metric for e in found.expected}


def test_for_a_blocked_loop_it_only_confines() -> None:
    found = option("cluster", BLOCKED, snapshot(HEAVY, machine=Machine(cores=2, cpu=0.72, other_loops=(0.885,))))
    delay = expected(found, "loop_delay_max")
    assert delay.low is not None
    assert delay.now is not None
    assert delay.low > 0.8 * delay.now
    assert "does not shorten" in found.why


def test_each_host_gets_its_workers() -> None:
    found = offered(snapshot(FULL, machine=Machine(cores=4, cpu=0.3), hosts=3))
    loop = expected(found, "loop_utilization")
    assert found.title == "Run 2 workers on each host"
    assert loop.high is not None
    assert loop.high < 0.6


def test_websockets_ask_for_sticky_sessions() -> None:
    machine = Machine(cores=4, cpu=0.3)
    assert "sticky" in offered(snapshot(replace(FULL, websockets=40), machine=machine)).check_first
    assert "sticky" not in offered(snapshot(FULL, machine=machine)).check_first


def test_steps_hold_this_service_s_numbers_and_quote_its_name() -> None:
    found = offered(snapshot(FULL, name='a"b; rm', machine=Machine(cores=4, cpu=0.3)))
    code = {step.file: step.code for step in found.steps if step.file != "shell"}
    assert 'name: "a\\"b; rm"' in code["ecosystem.config.cjs"]
    assert "instances: 3" in code["ecosystem.config.cjs"]
    assert "Math.min(3, availableParallelism())" in code["cluster.mjs"]
    assert "pm2 reload 'a\"b; rm'" in [step.code for step in found.steps]


@pytest.mark.parametrize(
    ("script", "started", "imported"),
    [
        ("", "server.js", "./server.js"),
        ("app.js", "app.js", "./app.js"),
        ("../shop/app.js", "../shop/app.js", "../shop/app.js"),
        ("/srv/shop/app.mjs", "/srv/shop/app.mjs", "/srv/shop/app.mjs"),
        ('/srv/a"b.js', '/srv/a\\"b.js', '/srv/a\\"b.js'),
    ],
)
def test_steps_start_the_script_that_runs_today(script: str, started: str, imported: str) -> None:
    found = offered(_of_script(script))
    code = {step.file: step.code for step in found.steps if step.file != "shell"}
    assert f'script: "{started}"' in code["ecosystem.config.cjs"]
    assert f'await import("{imported}")' in code["cluster.mjs"]
    assert f"instead of {script or 'server.js'}," in next(s.text for s in found.steps if s.file == "cluster.mjs")


def test_the_running_process_is_stopped_whoever_started_it() -> None:
    start = next(step for step in offered(_of_script("")).steps if "pm2 start" in step.code)
    assert start.text.startswith("Stop the process that runs today")
    assert start.code.endswith("pm2 start ecosystem.config.cjs\npm2 save")


def _of_script(script: str) -> Snapshot:
    seen = snapshot(FULL, machine=Machine(cores=4, cpu=0.3))
    instances = tuple(replace(instance, script=script) for instance in seen.window.instances)
    return replace(seen, window=replace(seen.window, instances=instances))


def test_the_answer_does_not_depend_on_the_seed() -> None:
    titles = {offered(snapshot(FULL, machine=Machine(cores=2, cpu=0.72), seed=seed)).title for seed in range(5)}
    assert titles == {"Run 2 workers on web-1"}
    assert answered("cluster", SATURATED, snapshot(FULL)) == answered("cluster", SATURATED, snapshot(FULL))
