"""A crash loop that memory or descriptors bring about: they lead, and it is held back behind them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from advisor.diagnosis import Condition, Judgement, Reading
from advisor.engine import judge
from advisor.features import InstanceWindow, Snapshot, Track
from advisor.vocabulary import Verdict
from advisor.vocabulary.events import EXITED
from tests.additions import happened, life, with_events, with_figures, with_lives, with_recalled, with_window
from tests.builders import NOW, YOUNG, Load, snapshot
from tests.engine.invented import RECALL, install, look, of, reads, rule

OVER, UNDER, UNKNOWN = Condition.OVER, Condition.UNDER, Condition.UNKNOWN
HEAP = {"heap_used": 95e6, "heap_limit": YOUNG + 100e6}
GROUP = {"cgroup_memory_usage": 97e7, "cgroup_memory_limit": 1e9}
ROOM = {"heap_used": 30e6, "heap_limit": YOUNG + 100e6}


def advised(judgement: Judgement) -> list[str]:
    return [advice.ruling.rule for advice in judgement.advice]


def ended(columns: dict[str, float], base: Snapshot | None = None, **said: Any) -> Snapshot:
    """A service of which a process ended each three minutes, four times; each told these figures just before."""
    seen = base or snapshot()
    for n in range(4):
        ago = 10.0 + 180 * (3 - n)
        seen = with_lives(seen, life(ago + 170, ago, 100 + n))
        seen = with_events(seen, happened(EXITED.name, ago, 100 + n, **said))
        track = Track(np.array([NOW - ago - 1]), np.array([10.0]), {k: np.array([v]) for k, v in columns.items()})
        dead = InstanceWindow(100 + n, 1, 1100 + n, "single", NOW - ago - 170, track)
        seen = with_window(seen, instances=(*seen.window.instances, dead))
    return asked(seen)


def asked(seen: Snapshot) -> Snapshot:
    """The same in a round in which memory and descriptors are looked at."""
    for name in ("memory-pressure", "descriptor-exhaustion"):
        seen = with_recalled(seen, name, seen.window)
    return seen


def full() -> Snapshot:
    """A process that lives with its heap nearly full."""
    return with_figures(snapshot(Load()), heap_floor=9e8, heap_limit=YOUNG + 1e9)


class TestFollows:
    @pytest.mark.parametrize("cause", ["memory-pressure", "memory-leak", "descriptor-exhaustion"])
    def test_what_a_crash_loop_follows_from_leads(self, monkeypatch: pytest.MonkeyPatch, cause: str) -> None:
        loop = rule("crash-loop", 1, replace(reads(OVER), follows=(cause,)))
        install(monkeypatch, loop, rule(cause, 2, reads(OVER), hold=60.0), rule("gc-pressure", 6, reads(OVER)))
        judgement = look()
        assert advised(judgement) == [cause]
        assert of(judgement, "crash-loop").note.startswith("Held back: by its own figures it follows from another")
        assert of(judgement, "gc-pressure").held_back_by == "crash-loop"

    @pytest.mark.parametrize("cause", [reads(UNDER, 0.0), reads(UNKNOWN)])
    def test_it_stays_where_that_does_not_stand(self, monkeypatch: pytest.MonkeyPatch, cause: Reading) -> None:
        loop = rule("crash-loop", 1, replace(reads(OVER), follows=("memory-pressure",)))
        install(monkeypatch, loop, rule("memory-pressure", 2, cause))
        assert advised(look()) == ["crash-loop"]

    def test_a_cause_that_was_not_looked_at_leads_too(self, monkeypatch: pytest.MonkeyPatch) -> None:
        loop = rule("crash-loop", 1, replace(reads(OVER), follows=("memory-leak",)))
        install(monkeypatch, loop, rule("memory-leak", 11, reads(OVER), recall=RECALL))
        assert of(look(memory_leak=Verdict.FIRING), "crash-loop").held_back_by == "memory-leak"


@pytest.mark.parametrize(("seen", "cause", "ways"), [
    (ended(HEAP, signal="SIGABRT"), "memory-pressure", ["fix-crash"]),
    (ended(HEAP, exit_code=134), "memory-pressure", ["fix-crash"]),
    (ended(HEAP, full(), signal="SIGABRT"), "memory-pressure", ["tune-heap", "fix-crash"]),
    (ended(GROUP, signal="SIGKILL"), "memory-pressure", ["fix-crash"]),
    (ended({}, exit_code=1, exception="Error EMFILE"), "descriptor-exhaustion", ["raise-limit"]),
], ids=["by V8", "by V8 as a shell tells", "by V8 with little room", "by the kernel", "no descriptor"])  # fmt: skip
def test_the_advice_of_the_cause_comes_alone(seen: Snapshot, cause: str, ways: list[str]) -> None:
    judgement = judge(seen, {})
    assert advised(judgement) == [cause]
    assert (of(judgement, "crash-loop").verdict, of(judgement, "crash-loop").held_back_by) == (Verdict.FIRING, cause)
    assert [option.id for option in judgement.advice[0].options] == ways


@pytest.mark.parametrize("seen", [
    ended(ROOM, full(), exit_code=1, exception="TypeError", file="a.js"),
    ended(ROOM, full(), signal="SIGABRT"), ended(ROOM, full(), signal="SIGKILL"), ended(ROOM, full(), exit_code=1),
    ended({"fd_open": 870.0, "fd_limit": 1000.0}, with_figures(snapshot(), fd_open=870.0, fd_limit=1000.0),
          exit_code=1, exception="TypeError"),
], ids=["exception", "native code", "by a person", "a code", "exception beside descriptors"])  # fmt: skip
def test_ends_that_have_nothing_to_do_with_it_stay_the_first_finding(seen: Snapshot) -> None:
    judgement = judge(seen, {})
    assert advised(judgement)[0] == "crash-loop"
    assert of(judgement, "crash-loop").held_back_by == ""
    assert "memory-pressure" not in advised(judgement)


def test_a_full_heap_without_a_loop_is_no_crash_to_repair() -> None:
    pressure = judge(asked(full()), {}).advice[0]
    assert pressure.ruling.rule == "memory-pressure"
    assert "fix-crash" not in [option.id for option in pressure.options]


def test_half_of_the_ends_are_not_most() -> None:
    seen = ended(HEAP, signal="SIGABRT")
    mixed = [replace(e, signal="", exit_code=1, exception="TypeError") if n % 2 else e
             for n, e in enumerate(seen.window.events)]  # fmt: skip
    assert advised(judge(asked(with_window(seen, events=tuple(mixed))), {}))[0] == "crash-loop"


def test_to_go_back_comes_first_where_it_began_with_a_deploy() -> None:
    seen = ended(HEAP, signal="SIGABRT")
    lives = (*(replace(one, version="1.1") for one in seen.window.lives), life(9000, 560, 7, version="1.0"))
    seen = with_events(with_window(seen, lives=lives), happened(EXITED.name, 560, 7, signal="SIGTERM"))
    judgement = judge(asked(seen), {})
    assert of(judgement, "crash-loop").held_back_by == ""
    assert judgement.advice[0].options[0].title == "Go back to version 1.0"
