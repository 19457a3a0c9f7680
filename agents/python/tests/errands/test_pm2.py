"""A real PM2 with real apps, and what a hostile one might say."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from advisor_agent.config import Config
from advisor_agent.errand import ErrandError
from advisor_agent.errands import pm2 as errand
from advisor_agent.kernel import Kernel
from advisor_agent.scene import Observer
from fakes.agent import running, stopped
from fakes.pm2 import lying, message, pm2
from fakes.sink import attributes, values

SETTINGS = {"ADVISOR_SERVER": "http://127.0.0.1:1", "ADVISOR_TOKEN": "sah_x"}
RECORDED = json.loads((Path(__file__).parents[4] / "tests/recordings/pm2/jlist-load.json").read_text())
SECRET = "hunter2-correct-horse"
GIVEN_UP = 15
"""PM2 restarts an app that ends at once so often."""


@pytest.fixture(scope="module")
def busy(tmp_path_factory):
    """A cluster of two, an app that PM2 has given up, and one that somebody stopped; secrets everywhere."""
    with pm2(tmp_path_factory.mktemp("pm2") / "home", DATABASE_PASSWORD=SECRET, API_TOKEN=SECRET) as running_pm2:
        running_pm2("start", "app.js", "--name", "shop", "-i", "2")
        running_pm2("start", "app.js", "--name", "idle", "--", f"--key={SECRET}")
        running_pm2("stop", "idle")
        running_pm2("start", "crashes.js", "--name", "worker")
        running_pm2("restart", "shop")
        deadline = time.monotonic() + 60
        while status(running_pm2, "worker") != ["errored"]:
            assert time.monotonic() < deadline, "PM2 did not give up"
        yield running_pm2


def listed(running_pm2):
    text = running_pm2("jlist")
    return json.loads(text[text.index("[") :])


def status(running_pm2, name):
    return [app["pm2_env"]["status"] for app in listed(running_pm2) if app["name"] == name]


def targets(scene=None, **settings):
    return errand.targets(Config({**SETTINGS, **settings}), scene or Observer(Kernel()).look())


def order_of(running_pm2, **more):
    return json.dumps({"pid": running_pm2.daemon, "home": str(running_pm2.home), "paged": [], **more})


def told(target):
    return {
        (answer.pid, answer.sample.metric.name, *(value for _, value in answer.sample.attributes)): answer.sample.value
        for answer in errand.ask(target)
    }


def test_each_daemon_is_asked_and_told_by_its_title(busy):
    found = [json.loads(target) for target in targets()]
    assert {"pid": busy.daemon, "home": str(busy.home), "paged": []} in found


def test_pm2_is_left_alone_where_that_was_set(busy):
    assert targets(ADVISOR_PM2="off") == []


def test_what_pm2_itself_lists_is_told(busy):
    found = told(order_of(busy))
    for app in (app for app in listed(busy) if app["name"] == "shop"):
        assert found[app["pid"], "advisor.process.restart.count"] == app["pm2_env"]["restart_time"] == 1
        assert found[app["pid"], "advisor.process.restart.unstable.count"] == app["pm2_env"]["unstable_restarts"]
    apps = {key[2:]: value for key, value in found.items() if key[:2] == (None, "advisor.pm2.app.process.count")}
    assert apps == {("shop", "online"): 2, ("idle", "stopped"): 1, ("worker", "errored"): 1}
    restarts = {key[2]: value for key, value in found.items() if key[:2] == (None, "advisor.pm2.app.restart.count")}
    idle = sum(app["pm2_env"]["restart_time"] for app in listed(busy) if app["name"] == "idle")
    assert restarts == {"shop": 2, "worker": GIVEN_UP, "idle": idle}


def test_what_runs_inside_is_told_unless_a_page_tells_it(busy):
    one, other = (app["pid"] for app in listed(busy) if app["name"] == "shop")
    deadline = time.monotonic() + 60
    wanted = {(pid, "v8js.memory.heap.used") for pid in (one, other)}
    while not wanted <= told(order_of(busy)).keys():
        assert time.monotonic() < deadline, "PM2 knows no heap"
    found = told(order_of(busy, paged=[one]))
    assert 1e6 < found[other, "v8js.memory.heap.used"] <= found[other, "v8js.memory.heap.space.size"] < 1e9
    assert not [key for key in found if key[0] == one and key[1].startswith("v8js")]
    assert (one, "advisor.process.restart.count") in found


def test_a_whole_agent_tells_it_and_no_secret_leaves_the_child(busy, sink, tmp_path):
    pid = next(app["pid"] for app in listed(busy) if app["name"] == "shop")
    sent, found = [], {}
    with running(sink.url, tmp_path) as agent:
        while "advisor.process.restart.count" not in found:
            got = sink.next()
            sent.append(got)
            for resource in got.resources:
                if attributes(resource).get("process.pid") == str(pid):
                    who, found = attributes(resource), values(resource)
        said = stopped(agent)
    assert (who["service.name"], who["advisor.service.name.source"]) == ("shop", "pm2")
    assert found["advisor.process.restart.count"] == [1]
    assert found["process.memory.usage"], "PM2 and the kernel tell of the same process"
    everything = b"".join(request.body for request in sent) + said.encode()
    everything += b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert SECRET.encode() not in everything
    assert b"DATABASE_PASSWORD" not in everything
    assert b"worker" in everything, "the app that was given up is told"


def test_what_the_child_writes_holds_no_secret(busy):
    text = json.dumps({"errand": "pm2", "targets": [order_of(busy)]})
    code = "from advisor_agent.errand import main; main()"
    source = Path(errand.__file__).parents[2]
    environ = {"PYTHONPATH": str(source), "PATH": os.environ["PATH"]}
    done = subprocess.run(
        [sys.executable, "-c", code], input=text, env=environ, capture_output=True, text=True, timeout=60
    )
    assert json.loads(done.stdout)["told"]
    assert SECRET not in done.stdout + done.stderr
    assert str(busy.home) not in done.stdout


def test_of_an_app_only_what_is_as_expected_is_taken(tmp_path):
    apps = [
        *("text", None, {}, {"name": "n", "pid": "12", "pm2_env": []}),
        {"name": "x\n" * 400, "pid": -5, "pm2_env": {"status": "dancing", "restart_time": "NaN"}},
        {"name": "odd", "pm2_env": {"status": "online", "restart_time": -3}},
    ]
    with lying(tmp_path, message({"args": [apps]})) as target:
        found = told(target)
    assert {key[1:]: value for key, value in found.items()} == {
        ("advisor.pm2.app.restart.count", ""): 0,
        ("advisor.pm2.app.restart.count", "n"): 0,
        ("advisor.pm2.app.restart.count", "x" * 255): 0,
        ("advisor.pm2.app.restart.count", "odd"): 0,
        ("advisor.pm2.app.process.count", "odd", "online"): 1,
    }


def test_a_daemon_is_believed_about_its_own_children_alone(tmp_path):
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        apps = [{"name": "a", "pid": pid, "pm2_env": {"restart_time": 9}} for pid in (child.pid, 1, os.getpid())]
        with lying(tmp_path, message({"args": [apps]})) as target:
            found = told(target)
    finally:
        child.communicate()
    assert {key[0] for key in found} == {child.pid, None}


def test_figures_are_texts_in_odd_units_and_may_be_negative():
    monitor = RECORDED[0]["pm2_env"]["axm_monitor"]
    found = {sample.metric.name: sample.value for sample in errand._inside(monitor)}
    assert found == {
        "v8js.memory.heap.space.size": round(27.48 * 2**20),
        "v8js.memory.heap.used": round(13.01 * 2**20),
        "v8js.resource.active": 6,
    }
    odd = {"a": {"type": "internal/v8/heap/used", "value": "-0.02"}, "b": {"type": []}, "c": 5, "d": {"value": "x"}}
    assert list(errand._inside(odd)) == []


def titled(machine, title, environ=None):
    machine.node(300, "/srv/a.js", environ=environ)
    machine.write("proc/300/cmdline", title)
    return Observer(machine.kernel).look()


def test_a_title_that_had_no_room_is_helped_by_the_environment(machine, tmp_path):
    (tmp_path / "rpc.sock").touch()
    scene = titled(machine, f"PM2 v7.0.4: God Daemon ({tmp_path}"[:40] + "\0\0", {"PM2_HOME": str(tmp_path)})
    assert json.loads(targets(scene)[0])["home"] == str(tmp_path)


@pytest.mark.parametrize(
    "title", ["node /srv/PM2 v1: God Daemon (/x)", "PM2 v7: something else\0", "PM2 v7: God Daemon ()\0"]
)
def test_other_titles_are_no_daemon(machine, title):
    assert targets(titled(machine, title)) == []


def test_where_nobody_may_be_asked_that_is_said(machine):
    scene = titled(machine, "PM2 v7.0.4: God Daemon (/nonexistent/.pm2)\0")
    with pytest.raises(ErrandError, match="run the agent as its user or as root, or set pm2"):
        targets(scene)
