"""fix-crash: the cause that most ends have in common, and nothing that scales."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from advisor.diagnosis import Option
from advisor.features import InstanceWindow, Snapshot, Track
from advisor.vocabulary import Family, PartKind
from advisor.vocabulary.events import EXITED, Cause
from tests.additions import happened, life, with_events, with_lives, with_part, with_window
from tests.answers import expected, option, rejection
from tests.builders import NOW, YOUNG, snapshot
from tests.strategies.tools import shell
from tests.strategies.tools.node import program, running, wanted
from tests.strategies.tools.pm2 import reloaded
from tests.strategies.tools.systemd import complaints

fix = partial(option, "fix-crash", "crash-loop")

FILLED = {"heap_used": 95e6, "heap_limit": YOUNG + 100e6}


def ended(
    count: int = 4, version: str = "1.1", columns: dict[str, float] | None = None, every: float = 60.0, **said: Any
) -> Snapshot:
    """So many ends, a minute or so many seconds apart; each process reported these columns just before."""
    base = snapshot()
    for n in range(count):
        ago = 10.0 + every * (count - 1 - n)
        base = with_lives(base, life(ago + 50, ago, 100 + n, version=version))
        base = with_events(base, happened(EXITED.name, ago, 100 + n, **said))
        if columns:
            values = {name: np.array([value]) for name, value in columns.items()}
            track = Track(np.array([NOW - ago - 1]), np.array([10.0]), values)
            dead = InstanceWindow(100 + n, 1, 1100 + n, "single", NOW - ago - 50, track)
            base = with_window(base, instances=(*base.window.instances, dead))
    return base


def after_a_deploy() -> Snapshot:
    seen = ended(exit_code=1)
    old = life(9000, 245, 1, version="1.0")
    return with_events(with_lives(seen, old), happened(EXITED.name, 245, 1, signal="SIGTERM"))


def code(found: Option, platform: str = "") -> str:
    return "\n".join(step.code for step in found.steps if step.platform == platform)


def test_it_goes_back_where_it_began_with_a_deploy() -> None:
    found = fix(after_a_deploy())
    assert found.title == "Go back to version 1.0"
    assert "version 1.1 took the place of 1.0" in found.why
    assert "git checkout 1.0" in code(found, "PM2")
    assert "kubectl rollout undo deployment/shop" in code(found, "Kubernetes")
    assert "migration" in found.check_first


def test_it_does_not_go_back_where_no_deploy_stands_before_it() -> None:
    assert "Go back" not in fix(ended(exit_code=1)).title


@pytest.mark.parametrize(
    ("said", "columns", "title", "words"),
    [
        ({"exit_code": 134}, FILLED, "what fills the heap", "heapsnapshot-near"),
        ({"signal": "SIGKILL"}, {"memory_rss": 2e9}, "who kills the process", "journalctl -k"),
        ({"exit_code": 1, "exception": "Error EMFILE"}, {}, "descriptors", "LimitNOFILE=65536"),
        ({"exit_code": 1, "exception": "Error ENFILE"}, {}, "descriptors", "fs.file-max"),
        ({"exit_code": 1}, {"fd_open": 1000.0, "fd_limit": 1024.0}, "descriptors", "LimitNOFILE=65536"),
        ({"signal": "SIGSEGV"}, {}, "native code", "npm rebuild"),
        ({"exit_code": 3}, {}, "last lines of the log", "--trace-exit"),
    ],
)
def test_each_cause_has_its_repair(said: dict[str, Any], columns: dict[str, float], title: str, words: str) -> None:
    found = fix(ended(columns=columns, **said))
    assert title in found.title
    assert any(words in step.code for step in found.steps)


def test_an_error_is_named_with_its_place() -> None:
    said: dict[str, Any] = {
        "cause": Cause.UNHANDLED_REJECTION,
        "exception": "TypeError",
        "function": "pay",
        "file": "p.js",
        "line": 7,
    }
    found = fix(ended(exit_code=1, **said))
    assert found.title == "Handle the error in pay (p.js:7)"
    assert any("TypeError in pay (p.js:7)" in step.text for step in found.steps)


def test_figures_stand_in_the_reason() -> None:
    assert "95% of the heap" in fix(ended(exit_code=134, columns=FILLED)).why
    assert "2 GB resident" in fix(ended(signal="SIGKILL", columns={"memory_rss": 2e9})).why


def test_what_most_ends_have_in_common_decides() -> None:
    seen = ended(4, signal="SIGSEGV")
    events = tuple(replace(e, signal="", exit_code=1) if n == 3 else e for n, e in enumerate(seen.window.events))
    assert "native code" in fix(with_window(seen, events=events)).title


def test_what_pm2_gave_up_can_be_started_again() -> None:
    seen = with_part(snapshot(), PartKind.APP, "shop", errored=1, restarts=[*([0.0] * 60), *([16.0] * 30)])
    found = fix(seen)
    assert "16 restarts" in found.why
    assert "pm2 reset shop && pm2 restart shop" in code(found, "PM2")


def test_it_expects_a_range_and_scales_nothing() -> None:
    found = fix(ended(exit_code=1))
    after = expected(found, "ends")
    assert (after.now, after.low, after.high) == (4.0, 0.0, 1.0)
    assert found.family is Family.REPAIR
    assert all(word not in code(found, "PM2") for word in ("instances", "pm2 scale"))


def test_rejected_where_nothing_ended_unplanned() -> None:
    assert rejection("fix-crash", "crash-loop", snapshot()).startswith("0 processes ended unplanned")
    assert rejection("fix-crash", "event-loop-saturated", snapshot()).startswith("0 processes")


def test_the_shell_reads_every_command() -> None:
    for seen in (after_a_deploy(), ended(signal="SIGKILL"), ended(signal="SIGSEGV"), ended(exit_code=3)):
        assert shell.read(fix(seen).steps)


@pytest.mark.parametrize(
    ("said", "files"),
    [({"exit_code": 1}, ["attempts"]), ({"exit_code": 1, "exception": "Error EMFILE"}, ["descriptors", "attempts"])],
)
def test_systemd_understands_each_drop_in_which_is_named_in_full_and_loaded(
    said: dict[str, Any], files: list[str], tmp_path: Path
) -> None:
    steps = [step for step in fix(ended(**said)).steps if step.platform == "systemd"]
    settings, loads = steps[::2], steps[1::2]
    assert [step.file for step in settings] == [f"/etc/systemd/system/shop.service.d/{name}.conf" for name in files]
    assert all(complaints(step.code, tmp_path) == "" for step in settings)
    assert all(step.code == "systemctl daemon-reload\nsystemctl restart shop.service" for step in loads)


def test_systemd_would_say_what_it_does_not_understand(tmp_path: Path) -> None:
    assert "StartLimitBurst" in complaints("[Service]\nStartLimitBursts=1\n", tmp_path)


@pytest.mark.processes
def test_pm2_takes_the_back_off_beside_what_its_file_says(tmp_path: Path) -> None:
    line, load = [step for step in fix(ended(exit_code=1)).steps if step.platform == "PM2"][-2:]
    with reloaded(tmp_path, line, load) as processes:
        assert [one["pm2_env"]["exp_backoff_restart_delay"] for one in processes] == [100, 100]


@pytest.mark.parametrize("said", [{"exit_code": 1, "exception": "TypeError"}, {"exit_code": 134, "columns": FILLED}])
def test_a_probe_that_node_options_load_is_still_loaded(said: dict[str, Any], tmp_path: Path) -> None:
    command = next(step.code for step in fix(ended(**said)).steps if "NODE_OPTIONS" in step.code)
    (tmp_path / "probe.cjs").write_text('console.log("probe");\n')
    (tmp_path / "server.js").write_text("console.log(process.env.NODE_OPTIONS);\n")
    environ = {"PATH": str(Path(program()).parent), "NODE_OPTIONS": "--require ./probe.cjs"}
    told = subprocess.run(["/bin/bash"], input=command, cwd=tmp_path, env=environ, capture_output=True, text=True,
                          check=True).stdout.split(maxsplit=3)  # fmt: skip
    assert told[:3] == ["probe", "--require", "./probe.cjs"]
    assert told[3].startswith("--")


def test_what_is_open_is_counted_in_the_process_that_runs_now(tmp_path: Path) -> None:
    """Those that ended have no descriptors any more."""
    wanted(shutil.which("pgrep") is not None, "pgrep is missing (Debian: apt install procps).")
    command = next(step.code for step in fix(ended(exit_code=1, exception="Error EMFILE")).steps if "/fd" in step.code)
    script = tmp_path / f"{tmp_path.name}-server.js"  # one that nobody else runs
    script.write_text('require("node:fs").openSync(__filename);\nconsole.log("ready");\nsetInterval(() => {}, 1000);\n')
    with running(script) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        here = command.replace("server\\.js", script.name)
        told = subprocess.run(["bash"], input=here, capture_output=True, text=True, check=True).stdout
    assert f"1 {script}" in told


def test_a_slow_loop_is_told_by_the_hour() -> None:
    thrown: dict[str, Any] = {"exit_code": 1, "cause": Cause.UNCAUGHT_EXCEPTION, "exception": "TypeError"}
    found = fix(ended(every=850.0, **thrown))
    assert found.title == "Handle the error"
    assert found.why == "4 unplanned ends in an hour, most of them with exit code 1 after TypeError."
    assert expected(found, "ends").now == 4.0
    assert fix(ended(every=100.0, **thrown)).why.startswith("4 unplanned ends in 15 minutes")
