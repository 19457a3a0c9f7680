"""Real children, on errands that are made up."""

from __future__ import annotations

import os
import selectors
import sys
import types

import pytest

from advisor_agent import errand_runner
from advisor_agent.config import Config
from advisor_agent.errand_runner import Errands
from advisor_agent.log import Log
from advisor_agent.metric import GAUGE, Metric

SIZE = Metric("advisor.test.size", "By", GAUGE, "")
MADE_UP = """
import os, signal, sys, time
from advisor_agent.errand import Answer, ErrandError
from advisor_agent.metric import GAUGE, Metric
SIZE = Metric("advisor.test.size", "By", GAUGE, "")
METRICS = (SIZE,)
def ask(target):
    yield Answer(SIZE.at(len(target), ("name", target)))
    yield Answer(SIZE.at(1), pid=77)
    if target == "refuses": raise ErrandError("refuses does not answer. Start it.")
    if target == "breaks": raise RuntimeError("a fault of ours")
    if target == "sleeps": time.sleep(60)
    if target == "babbles": sys.stdout.write("x" * 3_000_000)
    if target == "secrets": yield Answer(SIZE.at("ADVISOR_TOKEN" in os.environ), pid=78)
"""
CODE = (
    "import os, sys; sys.path.insert(0, sys.argv[1]); import advisor_agent.errands as errands;"
    "errands.__path__.append(os.environ['MADE_UP']); from advisor_agent.errand import main; main()"
)


@pytest.fixture
def errands(tmp_path, monkeypatch):
    """Errands to the targets that `errands.targets` holds."""
    (tmp_path / "made_up.py").write_text(MADE_UP)
    monkeypatch.setattr(errand_runner, "_CODE", CODE)
    monkeypatch.setenv("MADE_UP", str(tmp_path))
    monkeypatch.setenv("ADVISOR_TOKEN", "sah_secret")
    module = types.ModuleType("advisor_agent.errands.made_up")
    module.METRICS, module.EVERY = (SIZE,), 60.0
    module.targets = lambda config, scene: running.targets
    config = Config({"ADVISOR_SERVER": "http://127.0.0.1:1", "ADVISOR_TOKEN": "sah_x"})
    clock = types.SimpleNamespace(now=1000.0)
    running = Errands(config, [module], selectors.DefaultSelector(), Log(), lambda: clock.now)
    running.targets, running.clock = [], clock
    yield running
    running.close()


def brought(errands):
    return [(a.pid, a.sample.value, a.sample.attributes) for a in errands.take().get("made_up", [])]


def asked(errands, *targets):
    errands.targets = list(targets)
    errands.start_due(None)
    errands.settle()
    return brought(errands)


def test_what_a_child_brings_is_taken_once_and_its_cost_is_kept(errands):
    assert asked(errands, "shop") == [(None, 4, (("name", "shop"),)), (77, 1, ())]
    assert brought(errands) == []
    assert errands.costs["made_up"].seconds > 0
    assert errands.costs["made_up"].failures == 0


def test_nobody_to_ask_starts_no_child(errands):
    errands.start_due(None)
    assert errands.next_wake() is None
    assert errands.costs == {}


def test_an_errand_waits_for_its_time(errands):
    assert asked(errands, "shop")
    errands.clock.now += 59
    assert asked(errands, "shop") == []
    errands.clock.now += 1
    assert asked(errands, "shop")


def test_no_second_child_while_one_is_under_way(errands):
    errands.targets = ["sleeps"]
    errands.start_due(None)
    (child,) = errands._children.values()
    errands.clock.now += 61
    errands.start_due(None)
    assert [running.pid for running in errands._children.values()] == [child.pid]


def test_one_target_that_refuses_silences_no_other_and_is_told_once(errands, capsys):
    assert len(asked(errands, "refuses", "shop")) == 2  # half an answer would mislead
    errands.clock.now += 60
    asked(errands, "refuses", "shop")
    errands.clock.now += 60
    asked(errands, "shop")
    told = capsys.readouterr().err
    assert told.splitlines() == [
        "advisor-agent: refuses does not answer. Start it.",
        "advisor-agent: made_up answers again.",
    ]
    assert errands.costs["made_up"].failures == 2


def test_a_child_that_breaks_is_told_with_its_status(errands, capsys):
    assert asked(errands, "breaks") == []
    assert "made_up could not be asked: its child ended with 1." in capsys.readouterr().err
    assert errands.costs["made_up"].failures == 1


def test_a_late_child_is_ended(errands, capsys):
    errands.targets = ["sleeps"]
    errands.start_due(None)
    (child,) = errands._children.values()
    errands.work()
    assert errands._children
    errands.clock.now = child.ends_by
    errands.work()
    assert not errands._children
    assert "made_up took longer than 20 s" in capsys.readouterr().err
    with pytest.raises(ProcessLookupError):
        os.kill(child.pid, 0)


def test_a_child_that_babbles_is_ended(errands, capsys):
    assert asked(errands, "babbles") == []
    assert "answers with more than" in capsys.readouterr().err


def test_a_child_gets_no_setting_of_the_agent(errands):
    assert asked(errands, "secrets")[-1] == (78, 0, ())


def test_a_python_that_cannot_be_started_is_told(errands, capsys, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/nonexistent/python3")
    assert asked(errands, "shop") == []
    assert "made_up cannot be asked: No such file or directory." in capsys.readouterr().err


def test_a_closed_agent_leaves_no_child_behind(errands):
    errands.targets = ["sleeps"]
    errands.start_due(None)
    (child,) = errands._children.values()
    errands.close()
    with pytest.raises(ProcessLookupError):
        os.kill(child.pid, 0)
