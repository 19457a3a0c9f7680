"""The limit of a heap as the agent tells it, beside what V8 itself says in real processes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from advisor_agent.collection import Collection, now
from advisor_agent.kernel import Kernel
from advisor_agent.log import Log
from advisor_agent.otlp import export
from advisor_agent.system import linux
from fakes.node import run, wanted
from fakes.sink import attributes, values

NAME, YOUNG = "advisor.v8js.memory.heap.limit", "advisor.v8js.memory.heap.young.limit"
ASK = "console.log(require('v8').getHeapStatistics().heap_size_limit); setInterval(() => {}, 1000)"
OTHERS = Path(__file__).parents[2] / "node/node_modules"
PROGRAMS = [shutil.which("node") or "node", *(str(OTHERS / f"node{major}/bin/node") for major in (22, 24, 26))]


def told(tmp_path, program, *options, code=ASK, name=NAME, **environ):
    """What V8 says, and what the agent tells: None for nothing. What was set for these tests themselves is left out."""
    wanted(Path(program).exists(), f"{program} is not installed: `make node-packages` brings it.")
    with run([program, *options], tmp_path / "app.js", code, environ) as started:
        moment = now()
        sent = json.loads(export(Collection(linux(Kernel()), Log()).collect(moment), moment))["resourceMetrics"]
        found = next(one for one in sent if attributes(one).get("process.pid") == str(started.pid))
        figures = values(found).get(name)
        return int(started.line), None if figures is None else figures[0]


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("option", ["--max-old-space-size=64", "--max_old_space_size=256", "--max-heap-size=300"])
def test_a_size_that_is_set(program, option, tmp_path):
    said, seen = told(tmp_path, program, option)
    assert seen == pytest.approx(said, rel=0.05)


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_default_is_right_or_not_told(program, tmp_path):
    said, seen = told(tmp_path, program)
    assert seen is None or seen == pytest.approx(said, rel=0.05)


def test_the_command_line_counts_over_the_environment(tmp_path):
    said, seen = told(tmp_path, PROGRAMS[0], "--max-old-space-size=300", NODE_OPTIONS="--max-old-space-size=100")
    assert seen == pytest.approx(said, rel=0.05)


def test_the_environment_counts_behind_a_title(tmp_path):
    hidden = f"process.title = 'shop'; {ASK}"
    said, seen = told(tmp_path, PROGRAMS[0], code=hidden, NODE_OPTIONS="--max-old-space-size=100")
    assert seen == pytest.approx(said, rel=0.05)


def test_nothing_is_guessed_behind_a_title(tmp_path):
    assert told(tmp_path, PROGRAMS[0], "--max-old-space-size=100", code=f"process.title = 'shop'; {ASK}")[1] is None


@pytest.mark.parametrize("program", PROGRAMS)
def test_what_young_objects_may_take_is_what_v8_adds_to_the_size_that_is_set(program, tmp_path):
    whole, young = told(tmp_path, program, "--max-old-space-size=256", "--max-semi-space-size=32", name=YOUNG)
    assert young == pytest.approx(whole - (256 << 20), rel=0.05)
