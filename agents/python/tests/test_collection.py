from __future__ import annotations

import json
import types

import pytest

from advisor_agent import collectors
from advisor_agent.collection import Collection
from advisor_agent.deltas import Moment
from advisor_agent.errand import Answer
from advisor_agent.log import Log
from advisor_agent.metric import COUNTER, GAUGE, Metric
from advisor_agent.modules import found_modules
from advisor_agent.otlp import export
from advisor_agent.system import linux
from advisor_agent.view import Cost
from fakes.sink import values

LEVEL = Metric("level", "1", GAUGE, "")
TOTAL = Metric("total", "1", COUNTER, "")


def moment(seconds):
    return Moment(1_800_000_000_000_000_000 + seconds * 1_000_000_000, float(seconds))


def with_collectors(kernel, *modules):
    system = linux(kernel)
    system.collectors += modules
    return system


@pytest.fixture
def collect(machine):
    """Collect at a time; the resources of the export. Extra collectors may be added."""
    state = {}

    def _collect(seconds, *modules):
        if "collection" not in state:
            state["collection"] = Collection(with_collectors(machine.kernel, *modules), Log())
        return json.loads(export(state["collection"].collect(moment(seconds)), moment(seconds)))["resourceMetrics"]

    return _collect


def collector(name, **functions):
    module = types.ModuleType(f"advisor_agent.collectors.{name}")
    module.METRICS = ()
    for function, body in functions.items():
        setattr(module, function, body)
    return module


def test_a_collector_is_found_by_its_place():
    names = {module.__name__.rpartition(".")[2] for module in found_modules(collectors)}
    assert {"cpu", "disk", "process_cpu"} <= names


def test_each_collector_declares_its_metrics_and_one_way_to_collect():
    for module in found_modules(collectors):
        assert module.METRICS
        assert hasattr(module, "collect_host") != hasattr(module, "collect_process"), module.__name__


def test_levels_at_once_and_increases_from_the_second_time(collect, machine):
    machine.node(100, "/srv/a.js")
    host, process = collect(0)
    assert "system.memory.limit" in values(host)
    assert "system.cpu.time" not in values(host)
    assert "process.cpu.time" not in values(process)
    machine.at(10)
    host, process = collect(10)
    assert sum(values(host)["system.cpu.time"]) == pytest.approx(20.0)  # two processors, 10 s
    assert values(process)["process.cpu.time"] == [0.0, 0.0]
    assert values(host)["advisor.system.pressure.cpu"] == [0.05]


@pytest.mark.parametrize("missing", ["proc/diskstats", "proc/loadavg", "proc/meminfo"])
def test_one_missing_file_silences_one_collector_and_is_told_once(collect, machine, capsys, missing):
    (machine.root / missing).unlink()
    before = values(collect(0)[0])
    collect(10)
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1
    assert missing in said[0]
    assert "system.uptime" in before


def test_a_collector_that_breaks_is_named_and_the_rest_goes_on(collect, capsys):
    def broken(scene):
        yield Metric("x", "1", GAUGE, "").at(1)
        raise ValueError("surprise")

    host = collect(0, collector("odd", collect_host=broken))[0]
    assert "system.uptime" in values(host)
    assert "x" not in values(host)
    assert "odd is not reported (ValueError: surprise)" in capsys.readouterr().err


def test_what_may_not_be_read_is_told_with_what_to_do(collect, capsys):
    def refused(scene):
        raise PermissionError(13, "Permission denied", "/proc/secret")

    collect(0, collector("odd", collect_host=refused))
    assert "/proc/secret may not be read. Run the agent as" in capsys.readouterr().err


def test_what_other_users_hide_is_told_in_one_sentence_whatever_misses_it(collect, machine, capsys):
    def refused(scene, process):
        raise PermissionError(13, "Permission denied", "/proc/100/io")

    machine.node(100, "/srv/a.js")
    machine.node(200, "/srv/b.js")
    collect(0, collector("odd", collect_process=refused), collector("even", collect_process=refused))
    (said,) = capsys.readouterr().err.splitlines()
    assert "bytes to and from disks, and names that OTEL_SERVICE_NAME or PM2 give. Run the agent as" in said


def test_a_process_that_ends_during_collection_is_left_out_silently(collect, machine, capsys):
    machine.node(100, "/srv/a.js")
    machine.node(200, "/srv/b.js")
    (machine.root / "proc/100/status").unlink()
    _, only = collect(0)
    assert values(only)["process.thread.count"] == [11]
    assert capsys.readouterr().err == ""


def test_what_each_collector_took_and_how_often_it_failed_is_told(collect, machine):
    def fail(scene):
        raise ValueError("broken")

    broken = collector("broken", collect_host=fail)
    for seconds in (0, 10, 20, 30):
        machine.at(seconds)
        (host,) = collect(seconds, broken)
    of = {
        metric["name"]: {p["attributes"][0]["value"]["stringValue"]: p for p in metric["sum"]["dataPoints"]}
        for metric in host["scopeMetrics"][0]["metrics"]
        if metric["name"].startswith("advisor.agent.collector.")
    }
    failures = of["advisor.agent.collector.failures"]
    assert int(failures["broken"]["asInt"]) == 3
    assert int(failures["disk"]["asInt"]) == 0
    assert of["advisor.agent.collector.time"].keys() == failures.keys()
    assert failures.keys() == {module.__name__.rpartition(".")[2] for module in [*found_modules(collectors), broken]}


def test_a_collector_that_is_read_now_and_then_is_counted_from_its_own_last_time(machine, collect):
    calls = []

    def tell(scene):
        calls.append(scene)
        yield TOTAL.at(len(calls) * 5)

    rare = collector("rare", collect_host=tell)
    rare.EVERY = 30
    started = {}
    for seconds in (0, 10, 20, 30, 40, 60):
        machine.at(seconds)
        (host,) = collect(seconds, rare)
        found = [metric["sum"] for metric in host["scopeMetrics"][0]["metrics"] if metric["name"] == TOTAL.name]
        started[seconds] = [(p["asInt"], int(p["startTimeUnixNano"])) for s in found for p in s["dataPoints"]]
    assert len(calls) == 3
    told = {seconds: points for seconds, points in started.items() if points}
    assert told == {30: [("5", moment(0).unix_ns)], 60: [("5", moment(30).unix_ns)]}


def test_what_errands_bring_is_counted_from_their_own_last_time(machine):
    machine.node(100, "/srv/a.js")
    brought = {}
    costs = {"asked": Cost()}
    errands = types.SimpleNamespace(
        take=lambda: dict(brought), costs=costs, names=list(costs), start_due=lambda scene: None
    )
    system = linux(machine.kernel)
    system.collectors = []
    collection = Collection(system, Log(), askers=[errands])
    collection._of_process = [collector("alive", collect_process=lambda scene, process: iter([LEVEL.at(1)]))]
    collection._costs["alive"] = Cost()

    def points(seconds, **totals):
        brought["asked"] = [Answer(TOTAL.at(value), {"host": None, "node": 100}[who]) for who, value in totals.items()]
        return [
            [(p.metric.name, p.value, p.start_ns) for p in report.points if p.metric is TOTAL]
            for report in collection.collect(moment(seconds))
        ]

    assert points(0, host=5, node=50) == [[], []]
    assert points(10) == [[], []]
    since = moment(0).unix_ns
    assert points(20, host=8, node=51) == [[("total", 3, since)], [("total", 1, since)]]
