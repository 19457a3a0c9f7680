"""Snapshot: the service as the sum of its processes."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from advisor.features import Snapshot
from tests.builders import NOW, Load, Machine, Senders, service, snapshot
from tests.heaps import the_last


def test_loops_are_averaged_and_work_is_summed() -> None:
    seen = snapshot(Load(elu=0.8, noise=0.0), Load(elu=0.4, noise=0.0))
    assert seen.loop(60) == pytest.approx(0.6)
    assert seen.work(60) == pytest.approx(1.2)


def test_a_request_s_work_is_utilization_over_throughput() -> None:
    seen = snapshot(Load(elu=0.5, rps=100, noise=0.0), Load(elu=0.5, rps=100, noise=0.0))
    assert seen.rps(300) == pytest.approx(200, rel=0.05)
    assert seen.service_time(300) == pytest.approx(0.005, rel=0.05)
    assert math.isnan(snapshot(Load(rps=0.0)).service_time(300))


def test_percentiles_are_taken_after_merging() -> None:
    fast, slow = Load(rps=90, latency=0.002, spread=0.01), Load(rps=10, latency=0.9, spread=0.01)
    assert snapshot(fast, slow).p95(300) == pytest.approx(0.9, rel=0.1)


def test_few_requests_have_no_p95() -> None:
    assert math.isnan(snapshot(Load(rps=0.2)).p95(300))


def test_a_quiet_service_is_looked_at_for_longer_until_enough_requests_tell_its_p95() -> None:
    assert snapshot(Load(rps=0.3, latency=0.9)).p95(300) == pytest.approx(1.5, rel=0.15)
    assert snapshot(Load(rps=0.3, latency=0.9)).p95(300) == snapshot(Load(rps=0.3, latency=0.9)).p95(900)


def test_primaries_and_young_processes_do_not_serve() -> None:
    seen = snapshot(Load(role="primary"), Load(role="worker"), Load(role="worker", age=30))
    assert len(seen.processes) == 1
    assert seen.warming == 1


def test_a_late_sender_loses_nothing() -> None:
    seen = snapshot(Load(elu=0.6, noise=0.0), senders=Senders(silent=25.0))
    assert seen.coverage(60) == 1.0
    assert seen.loop(60) == pytest.approx(0.6)


def test_a_process_that_fell_silent_is_gone() -> None:
    assert snapshot(senders=Senders(silent=50.0)).processes
    assert not snapshot(senders=Senders(silent=150.0)).processes


@pytest.mark.parametrize(("silent", "count"), [(100.0, 1), (150.0, 1), (200.0, 0), (500.0, 0)])
def test_a_sender_of_minutes_is_waited_for_three_times(silent: float, count: int) -> None:
    """Its newest row is 12 s older than that. One export that is lost is no end, and ten minutes are no present."""
    sdk = Senders(agent=False, host=False, interval=60.0, silent=silent)
    assert len(snapshot(senders=sdk).processes) == count


def test_a_column_is_looked_for_where_it_belongs() -> None:
    seen = snapshot(senders=Senders(agent=False))
    assert seen.lacks(("cpu_user",)), "the host's own column of this name must not count"
    assert not seen.lacks(("cpu_user", "loop_active"))
    assert not seen.lacks(("cpu_idle",))


def test_the_busiest_machine_is_the_one_with_the_least_spare_cores() -> None:
    window = service(Load(), machine=Machine(cores=4, cpu=0.2), hosts=2)
    full = service(Load(), machine=Machine(cores=4, cpu=0.7)).hosts[0]
    window = replace(window, hosts=(window.hosts[0], replace(full, id=2, name="web-2")))
    busiest = Snapshot(window, NOW).busiest_machine(60)
    assert busiest is not None
    assert busiest.name == "web-2"


def test_the_most_blocked_process_is_found() -> None:
    seen = snapshot(Load(), Load(block=0.2), Load())
    found = seen.most_blocked(600)
    assert found is not None
    assert found.instance.id == seen.window.instances[1].id
    assert snapshot(senders=Senders(probe=False)).most_blocked(600) is None


def test_without_a_probe_own_busy_loops_are_estimated() -> None:
    seen = snapshot(Load(elu=0.9), senders=Senders(probe=False))
    assert seen.busy_loops(seen.machines[0], 60) == 1


def test_history_is_that_of_the_oldest() -> None:
    assert snapshot(Load(age=200), Load(age=420)).history(600) == pytest.approx(0.5, abs=0.02)
    assert snapshot(Load(age=200), Load()).history(600) == pytest.approx(1.0, abs=0.02)


def test_coverage_is_that_of_all_processes() -> None:
    seen = snapshot(Load(), Load())
    for column in ("loop_active", "loop_utilization", "cpu_main", "cpu_user"):
        seen.window.instances[0].track.values[column][-12:-6] = math.nan
    assert 0.6 < seen.coverage(60) < 0.9


def test_an_empty_service_has_no_figures() -> None:
    seen = Snapshot(replace(service(), instances=(), hosts=()), NOW)
    assert math.isnan(seen.loop(60))
    assert math.isnan(seen.rps(60))
    assert seen.coverage(60) == 0.0
    assert seen.routes(300) == ()


def test_a_script_of_the_same_package_does_not_dilute_the_loops() -> None:
    window = service(Load(elu=0.9), Load(elu=0.1))
    script = window.instances[1]
    seen_from_outside = {name: values for name, values in script.track.values.items() if not name.startswith("loop_")}
    seen_from_outside.pop("listening", None)
    mute = replace(script, track=replace(script.track, values=seen_from_outside))
    mixed = Snapshot(replace(window, instances=(window.instances[0], mute)), NOW)
    assert [p.instance.id for p in mixed.processes] == [window.instances[0].id]
    alone = Snapshot(replace(window, instances=(mute,)), NOW)
    assert len(alone.processes) == 1, "where nothing serves, what there is is looked at"


def test_websockets_are_those_of_all_processes() -> None:
    assert snapshot(Load(websockets=300), Load(websockets=20)).websockets(60) == 320
    assert snapshot(Load()).websockets(60) == 0


def test_the_process_that_reported_last_is_known_where_none_is_left() -> None:
    assert [process.instance.pid for process in the_last(0.5).gone] == [1010]
    assert snapshot(Load()).gone == ()
    assert snapshot(Load(age=60)).gone == ()
    assert Snapshot(replace(service(), instances=()), NOW).gone == ()
