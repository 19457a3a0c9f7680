"""The agent on macOS and Windows, as far as its export: held against the contract."""

from __future__ import annotations

import json

import psutil
import pytest
from advisor.vocabulary import COLUMNS

from advisor_agent import check, collectors
from advisor_agent.collection import Collection
from advisor_agent.config import Config
from advisor_agent.deltas import Moment
from advisor_agent.log import Log
from advisor_agent.metric import COUNTER, GAUGE, UPDOWNCOUNTER
from advisor_agent.modules import found_modules
from advisor_agent.otlp import export
from advisor_agent.portable import host
from advisor_agent.portable.system import through
from fakes.elsewhere import Elsewhere
from fakes.sink import attributes, values

HOST_CALLS = {
    "per_cpu_times": {"system.cpu.time", "system.cpu.logical.count"},
    "virtual_memory": {"system.memory.limit", "system.memory.linux.available", "system.memory.usage"},
    "swap_memory": {"system.paging.usage"},
    "disk_io_counters": {"system.disk.io", "system.disk.operations", "system.disk.operation_time"},
    "disk_partitions": {"system.filesystem.usage", "system.filesystem.limit"},
    "net_io_counters": {"system.network.io", "system.network.errors"},
    "boot_time": {"system.uptime"},
    "getloadavg": {f"advisor.system.load_average.{span}" for span in ("1m", "5m", "15m")},
}
"""What the machine is asked -> what is missing without an answer."""

PROCESS_CALLS = {
    "cpu_times": {"process.cpu.time"},
    "memory_info": {"process.memory.usage", "process.paging.faults"},
    "num_threads": {"process.thread.count"},
    "num_fds": {"process.unix.file_descriptor.count"},
}
"""What a process is asked -> what is missing without an answer."""

ERRORS = [psutil.AccessDenied(), NotImplementedError("not on this version"), RuntimeError("a call failed")]
_ON_THE_WIRE = {COUNTER: "counter", UPDOWNCOUNTER: "updowncounter", GAUGE: "gauge"}


@pytest.fixture(autouse=True)
def known_host(monkeypatch):
    monkeypatch.setattr(host, "platform_uuid", lambda: "A1B2C3D4")
    monkeypatch.setattr(host, "machine_guid", lambda: "5f4dcc3b")


@pytest.fixture
def collect():
    """The resources of an export, of looks ten seconds apart."""

    def _collect(machine, looks=2):
        collection = Collection(through(machine, machine.paths), Log())
        for number in range(looks):
            moment = Moment(1_800_000_000_000_000_000 + number * 10_000_000_000, 10.0 * number)
            found = json.loads(export(collection.collect(moment), moment))["resourceMetrics"]
            if not number:
                machine.later()
        return found

    return _collect


def sent(resource):
    return {metric["name"] for metric in resource["scopeMetrics"][0]["metrics"]}


def kind(metric):
    if "gauge" in metric:
        return "gauge"
    return "counter" if metric["sum"]["isMonotonic"] else "updowncounter"


def test_names_units_and_kinds_are_the_vocabularys(elsewhere, collect):
    columns = {column.metric: (column.unit, column.kind.value) for column in COLUMNS}
    for resource in collect(elsewhere):
        for metric in resource["scopeMetrics"][0]["metrics"]:
            assert (metric["unit"], kind(metric)) == columns[metric["name"]]


def test_every_metric_is_one_that_linux_sends_too(elsewhere):
    declared = {metric for module in found_modules(collectors) for metric in module.METRICS}
    for module in through(elsewhere, elsewhere.paths).collectors:
        assert module.METRICS
        assert set(module.METRICS) <= declared
        assert hasattr(module, "collect_host") != hasattr(module, "collect_process")


def test_everything_declared_is_sent_by_one_of_them(macos, windows, collect):
    declared = {metric.name for module in through(macos).collectors for metric in module.METRICS}
    exports = [*collect(macos, looks=4), *collect(windows, looks=4)]  # some metrics are sent each 30 s only
    assert declared == set().union(*(sent(resource) for resource in exports))


def test_increases_are_of_the_ten_seconds(macos, windows, collect):
    machine, _, worker, _ = collect(macos)
    assert values(worker)["process.cpu.time"] == [9.0, 0.5]
    assert values(worker)["process.paging.faults"] == [100, 20]
    assert sum(values(machine)["system.cpu.time"]) == pytest.approx(20.0)
    machine, checkout, _ = collect(windows)
    assert values(checkout)["process.cpu.time"] == [8.0, 0.0]
    assert sum(values(machine)["system.cpu.time"]) == pytest.approx(9.5)


def test_who_is_sent(macos, windows, collect):
    machine, primary, worker, api = (attributes(resource) for resource in collect(macos))
    assert (machine["host.id"], machine["os.type"]) == ("A1B2C3D4", "darwin")
    assert (primary["advisor.cluster.role"], worker["advisor.cluster.role"]) == ("primary", "worker")
    assert (api["service.name"], api["process.executable.name"]) == ("api", "node")
    machine, checkout, _ = (attributes(resource) for resource in collect(windows))
    assert (machine["host.id"], machine["os.type"]) == ("5f4dcc3b", "windows")
    assert checkout["process.executable.name"] == "node.exe"
    assert checkout["service.instance.id"] == "5f4dcc3b-4120-1790001000"
    assert checkout["process.command"] == "D:\\srv\\checkout\\src\\server.js"


def test_what_a_system_does_not_offer_is_left_out_without_a_word(elsewhere, collect, capsys):
    collect(elsewhere)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("call", HOST_CALLS)
def test_what_the_machine_does_not_answer_silences_that_alone_and_is_said_once(collect, capsys, call, error):
    whole, *_ = collect(Elsewhere("macos"))
    machine = Elsewhere("macos")
    machine.errors[call] = error
    less, *others = collect(machine, looks=3)
    assert sent(whole) - sent(less) == HOST_CALLS[call]
    assert len(others) == 3
    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("call", PROCESS_CALLS)
def test_what_processes_do_not_answer_silences_that_alone_and_is_said_once(collect, capsys, call, error):
    wholes = collect(Elsewhere("macos"))
    machine = Elsewhere("macos")
    asked = machine.Process
    machine.Process = lambda pid=None: asked(pid) if pid else asked(1)  # the agent may ask about itself
    for pid in (701, 702, 800):
        machine.process(pid)["failing"] = {call: error}
    lesses = collect(machine, looks=3)
    assert [sent(whole) - sent(less) for whole, less in zip(wholes, lesses)] == [set(), *[PROCESS_CALLS[call]] * 3]
    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.parametrize("call", PROCESS_CALLS)
def test_a_process_that_ends_while_it_is_asked_is_left_out_silently(macos, collect, capsys, call):
    macos.process(702)["failing"] = {call: psutil.NoSuchProcess(702)}
    found = collect(macos)
    assert [attributes(resource).get("process.pid") for resource in found] == [None, "701", "800"]
    assert capsys.readouterr().err == ""


def test_a_user_who_sees_no_connections_is_told_what_to_do(macos, collect, capsys):
    macos.errors["net_connections"] = psutil.AccessDenied(1)
    macos.errors["Process.net_connections"] = psutil.AccessDenied(701)
    _, primary, *_ = collect(macos)
    assert "process.cpu.time" in sent(primary)
    assert "advisor.process.listening_port.count" not in sent(primary)
    of_the_host, of_processes = capsys.readouterr().err.splitlines()
    assert of_the_host.startswith("advisor-agent: tcp is not reported")
    assert of_processes.startswith("advisor-agent: Without privilege the agent does not see much of other users'")
    assert all("as root (macOS)" in line for line in (of_the_host, of_processes))


def test_check_prints_the_same_table(elsewhere, sink, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(check, "_SPAN_SECONDS", 0.0)
    config = Config({"ADVISOR_SERVER": sink.url, "ADVISOR_TOKEN": "sah_x", "ADVISOR_STATE_DIR": str(tmp_path)})
    assert check.check(config, through(elsewhere, elsewhere.paths), Log())
    shown = capsys.readouterr().out
    assert "process.thread.count" in shown
    assert f"os.type = {'darwin' if elsewhere.MACOS else 'windows'}" in shown
    assert "s3cret" not in shown + json.dumps(sink.next().resources)
