"""fix-leak: only where growth is proven; its steps run by node, read by systemd and a shell."""

from __future__ import annotations

import signal
import subprocess
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from advisor.diagnosis import Option
from advisor.features import Snapshot
from tests.additions import life, with_figures, with_lives, with_recalled, with_window
from tests.answers import expected, option, rejection, ruled
from tests.builders import YOUNG, Load, service, snapshot
from tests.heaps import ended_by_v8
from tests.pasts import Level, Past, fills, level, with_past
from tests.strategies.tools.node import WATCHES, program, running
from tests.strategies.tools.pm2 import reloaded
from tests.strategies.tools.shell import read
from tests.strategies.tools.systemd import complaints

MEMORY, PRESSURE, DESCRIPTORS, EXHAUSTED = "memory-leak", "memory-pressure", "descriptor-leak", "descriptor-exhaustion"
MB = 1e6

offered = partial(option, "fix-leak")
refused = partial(rejection, "fix-leak")


def leaking(an_hour: float = 8 * MB, *, rule: str = MEMORY, scale: float = 1.0, name: str = "shop") -> Snapshot:
    """A heap that grows, with 240 MB left."""
    seen = with_figures(snapshot(Load(), name=name, time_scale=scale), heap_limit=YOUNG + 360 * MB + 30 * an_hour)
    return with_past(seen, rule, Past(30, 300.0, {"heap_floor": level(360 * MB - 30 * an_hour, an_hour)}, noise=0.0))


def killed(first: float, last: float, busier: float = 1.0) -> Snapshot:
    """One whose heap of 250 MB V8 ended at the end of this course."""
    seen = ended_by_v8(first, last, busier=busier)
    return with_recalled(seen, PRESSURE, seen.window)


def open_ended(rule: str = DESCRIPTORS) -> Snapshot:
    """Descriptors that nobody closes."""
    seen = with_figures(snapshot(Load()), fd_open=560.0, fd_limit=1024.0, connections=40.0)
    past = Past(
        2.5 if rule == EXHAUSTED else 4, 120.0, {"fd_open": level(60, 200), "connections": level(40)}, noise=0.0
    )
    return with_past(seen, rule, past)


def code(found: Option, file: str, platform: str = "") -> str:
    return next(step.code for step in found.steps if step.platform == platform and file in step.file and step.code)


@pytest.mark.parametrize(("scale", "more", "every"), [(1.0, "8 MB", "18 hours"), (5.0, "40 MB", "4 hours")])
def test_the_title_tells_what_grows_and_how_often_to_restart(scale: float, more: str, every: str) -> None:
    found = offered(MEMORY, leaking(scale=scale))
    assert found.title == f"Find what keeps {more} an hour, and restart every {every} until then"


def test_a_heap_that_rose_until_v8_ended_its_process_is_looked_into_with_less_confidence() -> None:
    seen = killed(60 * MB, 250 * MB)
    found = offered(PRESSURE, seen)
    assert found.title == "Find what fills a heap of 250 MB in 20 minutes"
    assert "One life is no proof" in found.why
    assert found.confidence == pytest.approx(0.7 * ruled(PRESSURE, seen).reading.confidence)
    assert "--heapsnapshot-near-heap-limit=1" in found.steps[0].code


@pytest.mark.parametrize(
    ("seen", "why"),
    [
        (killed(240 * MB, 240 * MB), "rose by 0 MB of 250 MB"),
        (killed(60 * MB, 250 * MB, busier=3.0), "at 2 times the requests: that does not show a leak"),
    ],
)
def test_a_full_heap_and_one_that_more_requests_fill_are_no_leak(seen: Snapshot, why: str) -> None:
    assert why in refused(PRESSURE, seen)


def test_the_same_room_then_lasts_at_least_five_times_as_long() -> None:
    left = expected(offered(MEMORY, leaking()), "time_to_limit")
    assert left.now is not None
    assert left.low == pytest.approx(5 * left.now)
    assert left.high is None


@pytest.mark.parametrize("rule", [DESCRIPTORS, EXHAUSTED])
def test_descriptors_are_listed_and_closed(rule: str) -> None:
    found = offered(rule, open_ended(rule))
    assert "200 descriptors an hour" in found.title
    assert "/proc/1010/fd" in code(found, "shell")
    assert not any("snapshot" in step.text for step in found.steps)


def test_memory_that_runs_out_by_growth_is_a_leak_to_find_too() -> None:
    seen = with_figures(snapshot(Load()), cgroup_memory_limit=1e9, cgroup_memory_usage=0.75e9)
    past = Past(2.5, 120.0, {"heap_floor": level(300 * MB, 180 * MB)})
    assert "180 MB an hour" in offered(PRESSURE, with_past(seen, PRESSURE, past)).title


def test_it_warns_that_a_snapshot_stops_the_process_and_holds_secrets() -> None:
    found = offered(MEMORY, leaking())
    assert "stand still" in found.check_first
    assert "holds all data" in found.check_first


def test_a_version_that_ran_before_is_named() -> None:
    seen = leaking()
    (one,) = seen.window.instances
    told = with_window(seen, instances=(replace(one, version="2.0"),))
    told = with_lives(told, life(90_000, 40_000, instance_id=9, version="1.9"))
    assert "1.9 ran before 2.0" in offered(MEMORY, told).steps[-1].text
    assert not any("ran before" in step.text for step in offered(MEMORY, seen).steps)


@pytest.mark.parametrize("course", [level(150 * MB), level(150 * MB, -MB), fills(60 * MB, 360 * MB, 6)])
def test_what_does_not_grow_without_end_is_no_leak(course: Level) -> None:
    seen = with_figures(snapshot(Load()), heap_limit=YOUNG + 500 * MB)
    past = Past(48, 300.0, {"heap_floor": course}, swing=0.4)
    assert "does not prove a leak" in refused(MEMORY, with_past(seen, MEMORY, past))


@pytest.mark.parametrize("rule", ["event-loop-saturated", "host-cpu-saturated", EXHAUSTED])
def test_other_troubles_are_no_leaks(rule: str) -> None:
    assert "0 levels" in refused(rule, with_recalled(snapshot(), rule, service()))


def test_systemd_understands_the_restarts(tmp_path: Path) -> None:
    setting, load = (step for step in offered(MEMORY, leaking()).steps if step.platform == "systemd")
    assert setting.file == "/etc/systemd/system/shop.service.d/restart.conf"
    assert complaints(setting.code, tmp_path) == ""
    seconds = int(setting.code.partition("RuntimeMaxSec=")[2].split()[0])
    assert seconds == pytest.approx(0.6 * 30 * 3600, rel=0.02)
    assert load.code == "systemctl daemon-reload\nsystemctl restart shop.service"


def test_a_shell_can_read_its_commands() -> None:
    assert len(read(offered(MEMORY, leaking(name="it's mine")).steps)) == 7
    assert len(read(offered(DESCRIPTORS, open_ended()).steps)) == 4


@pytest.mark.processes
def test_pm2_takes_the_ceiling_beside_what_its_file_says(tmp_path: Path) -> None:
    _, line, load = (step for step in offered(MEMORY, leaking()).steps if step.platform == "PM2")
    # 90 MB are resident, and 60% of the 241 MB that are left may come on top.
    most = round((90 + 0.6 * 241.3) * MB / 2**20)
    assert line.code == f'max_memory_restart: "{most}M",\n'
    with reloaded(tmp_path, line, load) as processes:
        assert [one["pm2_env"]["max_memory_restart"] for one in processes] == [most * 2**20] * 2


def test_node_writes_a_snapshot_on_the_signal(tmp_path: Path) -> None:
    option_set = code(offered(MEMORY, leaking()), "shell").partition("--")[2].rstrip('"')
    script = tmp_path / "server.mjs"
    script.write_text(WATCHES)
    with running(script, NODE_OPTIONS=f"--{option_set}") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGUSR2)
        assert process.stdout.readline().endswith(".heapsnapshot\n")


def test_node_opens_its_inspector_on_this_machine_only(tmp_path: Path) -> None:
    script = tmp_path / "server.mjs"
    script.write_text("setInterval(() => {}, 1000); console.log('ready');")
    with running(script, NODE_OPTIONS="--inspect-port=0") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGUSR1)
        assert "ws://127.0.0.1:" in process.stderr.readline()


_TRIED = """
import { readdirSync, writeFileSync } from "node:fs";
import http from "node:http";
import { Writable } from "node:stream";
import { firstBytes, isThere, send } from "./close.mjs";

writeFileSync("big", "x".repeat(1 << 20));
const server = http.createServer((request, response) => response.end("x".repeat(1 << 18)));
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const url = `http://127.0.0.1:${server.address().port}/`;
const broken = () => new Writable({ write(chunk, encoding, done) { done(new Error("gone")); } });
const count = () => readdirSync("/proc/self/fd").length;
const round = async () => {
  for (let n = 0; n < 20; n += 1) {
    await isThere(url);
    await firstBytes("big");
    await send("big", broken()).catch(() => {});
  }
};
await round();
const before = count();
await round();
await round();
console.log(before, count());
process.exit(0);
"""


def test_what_the_snippet_opens_it_closes(tmp_path: Path) -> None:
    (tmp_path / "close.mjs").write_text(code(offered(DESCRIPTORS, open_ended()), "close.mjs"))
    (tmp_path / "tried.mjs").write_text(_TRIED)
    told = subprocess.run([program(), "tried.mjs"], cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    before, after = map(int, told.split())
    assert after <= before + 3
