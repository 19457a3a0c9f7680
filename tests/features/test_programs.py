"""programs: those of one package, each by itself, and which of them have users."""

from __future__ import annotations

from dataclasses import replace

import pytest

from advisor.features import Snapshot, programs
from tests.additions import with_figures, with_window
from tests.builders import Load, snapshot


def running(*scripts: str) -> Snapshot:
    """A process of each script; those that end in worker.js take jobs, and nobody connects to them."""
    jobs = ["worker" in script for script in scripts]
    seen = snapshot(*(Load(elu=0.9, rps=0.0, routes={}) if idle else Load(elu=0.3) for idle in jobs))
    for place, idle in enumerate(jobs):
        if idle:
            seen = with_figures(seen, place, connections=0.0)
    named = (replace(one, script=script) for one, script in zip(seen.window.instances, scripts, strict=True))
    return with_window(seen, instances=tuple(named), busiest=4.0)


def test_of_several_programs_each_stands_by_itself() -> None:
    api, worker = programs.programs(running("/a/api.js", "/a/worker.js", "/b/api.js"))
    assert (api.name, len(api.snapshot.processes), api.words) == ("api.js", 2, " of api.js")
    assert (worker.name, len(worker.ids)) == ("worker.js", 1)
    assert worker.snapshot.window.busiest != 4.0


@pytest.mark.parametrize(
    "scripts", [("/a/api.js", "/a/api.js"), ("/r/1/api.js", "/r/2/api.js"), ("", ""), ("/a/api.js", "")]
)
def test_one_program_is_the_service(scripts: tuple[str, ...]) -> None:
    seen = running(*scripts)
    (only,) = programs.programs(seen)
    assert (only.name, only.words, only.ids) == ("", "", ())
    assert only.snapshot is seen is programs.with_users(seen, 300.0)


def test_the_busiest_is_one_with_users_where_one_has_any() -> None:
    assert programs.busiest(running("/a/api.js", "/a/worker.js"), 60.0).name == "api.js"
    assert programs.busiest(running("/a/worker.js", "/a/other-worker.js"), 60.0).snapshot.loop(60.0) > 0.8


def test_programs_without_users_are_left_out_unless_all_are_so() -> None:
    assert len(programs.with_users(running("/a/api.js", "/a/worker.js"), 300.0).processes) == 1
    assert len(programs.with_users(running("/a/worker.js", "/a/other-worker.js"), 300.0).processes) == 2
