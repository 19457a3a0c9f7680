"""stream-paginate: where buffers hold much, or one route answers much; its code runs under node."""

from __future__ import annotations

import json
import math
import subprocess
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from advisor.diagnosis import Condition, Evidence, Option, Reading, Rejection, RuleState, Ruling
from advisor.engine import STRATEGIES
from advisor.features import Snapshot
from advisor.vocabulary import Verdict
from tests.additions import with_figures, with_recalled, with_window
from tests.answers import answered, expected, option, rejection
from tests.builders import YOUNG, Load, Senders, service, snapshot
from tests.pasts import Past, level, with_past
from tests.strategies.tools.node import program

PRESSURE, LEAK, BLOCKED, COLLECTING = "memory-pressure", "memory-leak", "event-loop-blocked", "gc-pressure"
MB = 1e6

offered = partial(option, "stream-paginate")
refused = partial(rejection, "stream-paginate")


def buffered(held: float, swing: float = 0.0, load: Load | None = None) -> Snapshot:
    """A process of 400 MB that holds so many bytes in buffers, which move up and down."""
    seen = snapshot(replace(load or Load(), rss=400 * MB))
    size = seen.window.instances[0].track.times.size
    figures = np.where(np.arange(size) % 2 == 1, held + swing / 2, held - swing / 2)
    return with_recalled(with_figures(seen, external_memory=figures), PRESSURE, service())


def with_heavy(slow: float, *, rule: str = BLOCKED) -> Option | Rejection:
    """What it says where one route takes so many seconds and the other 6 ms."""
    light = snapshot(Load(routes={"GET /": 1.0}))
    heavy = snapshot(Load(routes={"GET /report": 1.0}, latency=slow, rps=1))
    part = replace(heavy.window.instances[0].parts[0])
    (one,) = light.window.instances
    seen = with_window(light, instances=(replace(one, parts=(*one.parts, part)),))
    reading = Reading(Condition.OVER, evidence=(Evidence("blocked_share", "Blocked", 0.08, "1"),), confidence=0.9)
    return STRATEGIES["stream-paginate"].answer(
        seen, Ruling(rule, "", Verdict.FIRING, None, None, reading, RuleState())
    )


def code(file: str) -> str:
    return next(step.code for step in offered(PRESSURE, buffered(200 * MB, 210 * MB)).steps if step.file == file)


@pytest.mark.parametrize(("held", "swing"), [(130 * MB, 131 * MB), (80 * MB, 130 * MB), (300 * MB, 301 * MB)])
def test_buffers_that_hold_or_swing_by_a_third_are_streamed(held: float, swing: float) -> None:
    found = offered(PRESSURE, buffered(held, swing))
    assert found.title == f"Stream what lies in {max(held, swing) / MB:.0f} MB of buffers"


@pytest.mark.parametrize(
    ("load", "swing"),
    [(Load(), 0.0), (Load(), 150 * MB), (Load(rps=400, latency=0.25), 0.0), (Load(rps=0, websockets=2000), 0.0)],
)
def test_buffers_that_stay_while_requests_come_and_go_are_kept_and_not_streamed(load: Load, swing: float) -> None:
    told = refused(PRESSURE, buffered(200 * MB, swing, load=load))
    assert "they are kept" in told
    assert "stream" in told


@pytest.mark.parametrize(
    ("load", "swing"),
    [
        (Load(rps=400, latency=0.25), 25 * MB),  # of a hundred answers in flight, ten more or less are chance
        (Load(websockets=100), 25 * MB),
    ],
)
def test_buffers_of_many_requests_or_sockets_move_by_little_and_are_streamed(load: Load, swing: float) -> None:
    assert offered(PRESSURE, buffered(200 * MB, swing, load=load)).title == "Stream what lies in 200 MB of buffers"


def test_where_nobody_tells_of_requests_nothing_is_said_to_be_kept() -> None:
    seen = with_figures(buffered(200 * MB), requests=math.nan)
    assert isinstance(answered("stream-paginate", PRESSURE, seen), Option)


@pytest.mark.parametrize(("held", "swing"), [(110 * MB, 0.0), (30 * MB, 60 * MB), (0.0, 0.0)])
def test_few_buffers_are_left_alone(held: float, swing: float) -> None:
    assert f"Buffers hold {held / MB:.0f} MB" in refused(PRESSURE, buffered(held, swing))


def test_the_effect_is_half_at_most_and_a_chunk_a_request_at_best() -> None:
    told = expected(offered(PRESSURE, buffered(200 * MB, 210 * MB)), "external_memory")
    assert told.now == pytest.approx(200 * MB)
    assert told.low is not None
    assert 131_072 <= told.low < 10 * MB
    assert told.high == pytest.approx(100 * MB)


def test_a_leak_is_vetoed() -> None:
    past = Past(30, 300.0, {"heap_floor": level(120 * MB, 8 * MB)})
    seen = with_past(with_figures(buffered(300 * MB), heap_limit=YOUNG + 600 * MB), LEAK, past)
    assert "streams free no leak" in refused(LEAK, seen)


def test_it_needs_to_know_the_buffers() -> None:
    bare = with_recalled(snapshot(senders=Senders(probe=False)), PRESSURE, service())
    assert "0 processes report" in refused(PRESSURE, bare)


@pytest.mark.parametrize("rule", [BLOCKED, COLLECTING])
def test_a_route_that_answers_much_is_named(rule: str) -> None:
    found = with_heavy(0.4, rule=rule)
    assert isinstance(found, Option)
    assert found.title == "Page or stream what GET /report answers"
    assert "/report" in found.steps[0].code
    assert found.confidence == pytest.approx(0.9 * 0.6)


def test_a_route_that_is_hardly_slower_is_not() -> None:
    assert isinstance(with_heavy(0.04), Rejection)


def test_a_slow_route_says_nothing_about_memory() -> None:
    assert isinstance(with_heavy(0.4, rule=PRESSURE), Rejection)


def run(folder: Path, script: str) -> str:
    for file in ("stream.mjs", "pages.mjs"):
        (folder / file).write_text(code(file))
    (folder / "tried.mjs").write_text(script)
    return subprocess.run(
        [program(), "tried.mjs"], cwd=folder, capture_output=True, text=True, check=True, timeout=60
    ).stdout


def test_rows_are_sent_whole_and_only_as_fast_as_they_are_read(tmp_path: Path) -> None:
    script = """
import { Writable } from "node:stream";
import { sendRows } from "./stream.mjs";
let made = 0, most = 0, taken = 0, text = "";
async function* rows() { for (; made < 5000; made += 1) yield { id: made, text: "x".repeat(50) }; }
const response = new Writable({
  highWaterMark: 1024,
  write(chunk, encoding, done) {
    text += chunk;
    taken = (text.match(/"id"/g) ?? []).length;
    most = Math.max(most, made - taken);
    setImmediate(done);
  },
});
response.setHeader = () => {};
await sendRows(rows(), response);
console.log(JSON.stringify({ count: JSON.parse(text).length, most }));
"""
    told = json.loads(run(tmp_path, script))
    assert told["count"] == 5000
    assert told["most"] < 500


def test_no_rows_are_an_empty_list(tmp_path: Path) -> None:
    script = """
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { sendRows } from "./stream.mjs";
const response = Object.assign(new PassThrough(), { setHeader() {} });
const [answer] = await Promise.all([text(response), sendRows((async function* () {})(), response)]);
console.log(answer);
"""
    assert run(tmp_path, script) == "[]\n"


def test_pages_give_every_row_once(tmp_path: Path) -> None:
    script = """
import { page } from "./pages.mjs";
const table = Array.from({ length: 250 }, (_, n) => ({ id: (n + 1) * 3 }));
const query = async (sql, [after, limit]) => table.filter((row) => row.id > after).slice(0, limit);
const seen = [];
let after = 0, pages = 0;
while (after !== null) {
  const { items, next } = await page(query, after);
  seen.push(...items.map((row) => row.id));
  after = next;
  pages += 1;
}
console.log(pages, seen.length, new Set(seen).size);
"""
    assert run(tmp_path, script) == "3 250 250\n"
