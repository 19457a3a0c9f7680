from __future__ import annotations

import io
import json
import sys
import types

import pytest

from advisor_agent.errand import Answer, ErrandError, main, run, understood
from advisor_agent.metric import GAUGE, Metric

SIZE = Metric("advisor.test.size", "By", GAUGE, "")


@pytest.fixture(autouse=True)
def made_up(monkeypatch):
    def ask(target):
        if target == "gone":
            raise ErrandError("gone does not answer.")
        yield Answer(SIZE.at(5, ("name", target)), pid=3)

    module = types.ModuleType("advisor_agent.errands.made_up")
    module.ask = ask
    monkeypatch.setitem(sys.modules, module.__name__, module)


def test_every_target_is_asked(made_up):
    told, errors = run("made_up", ["gone", "here"])
    assert told == [["advisor.test.size", 5, (("name", "here"),), 3]]
    assert errors == ["gone does not answer."]


def test_what_the_child_writes_the_parent_understands(monkeypatch, capsys):
    monkeypatch.setattr("signal.alarm", lambda seconds: 0)
    monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps({"errand": "made_up", "targets": ["here"]})))
    main()
    (answer,) = understood(json.loads(capsys.readouterr().out)["told"], {SIZE.name: SIZE})
    assert (answer.pid, answer.sample.metric, answer.sample.value) == (3, SIZE, 5)
    assert answer.sample.attributes == (("name", "here"),)


@pytest.mark.parametrize("told", [[["advisor.other", 1, [], None]], [["advisor.test.size", 1]], [[]], [3]])
def test_what_no_child_of_ours_says_is_refused(told):
    with pytest.raises((KeyError, ValueError, TypeError)):
        understood(told, {SIZE.name: SIZE})


def test_what_a_target_leaves_out_is_told_beside_its_answers(made_up, monkeypatch):
    def ask(target):
        yield Answer(SIZE.at(5))
        yield ErrandError("The rest is hidden.")

    monkeypatch.setattr(sys.modules["advisor_agent.errands.made_up"], "ask", ask)
    assert run("made_up", ["here"]) == ([["advisor.test.size", 5, (), None]], ["The rest is hidden."])
