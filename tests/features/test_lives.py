"""lives: deploys, changes of number, restarts, and what nobody planned."""

from __future__ import annotations

import pytest

from advisor.features import Happening, Life, Snapshot
from advisor.features.lives import Change, ChangeKind, changes, slots, stops, unplanned
from advisor.vocabulary.events import EXITED
from tests.additions import happened, life, with_events, with_lives
from tests.builders import snapshot

DAY = 86400.0
IDLE = snapshot()


def seen(lives: list[Life], events: list[Happening] | None = None, time_scale: float = 1.0) -> Snapshot:
    made = with_events(with_lives(IDLE, *lives), *(events or []))
    return Snapshot(made.window, made.now, time_scale)


def only(found: Snapshot) -> Change:
    (change,) = changes(found, DAY)
    return change


def rolling(version: str, after: str, ago: float, count: int, **how: object) -> tuple[list[Life], list[Happening]]:
    """`count` processes replaced one by one, 20 seconds apart, the new one first."""
    old = [life(DAY, ago - 20 * n, n, version=version) for n in range(count)]
    new = [life(ago - 20 * n + 5, 0, 100 + n, version=after) for n in range(count)]
    said = {"signal": "SIGTERM"} | how
    return old + new, [happened(EXITED.name, ago - 20 * n, n, **said) for n in range(count)]


@pytest.mark.parametrize("count", [1, 2, 4])
def test_another_version_is_a_deploy(count: int) -> None:
    found = seen(*rolling("1.0", "1.1", 3000, count))
    change = only(found)
    assert (change.kind, change.version) == (ChangeKind.DEPLOY, "1.1")
    assert change.what == "version 1.1 took the place of 1.0"
    assert change.at == found.now - 3005
    assert len(stops(found, change)) == count
    assert unplanned(found, DAY) == ()


def test_going_back_is_a_deploy_too() -> None:
    first, events = rolling("1.0", "1.1", 3000, 2)
    third = [life(1000, 0, 200 + n, version="1.0") for n in range(2)]
    ended = [happened(EXITED.name, 1000, 100 + n, exit_code=0) for n in range(2)]
    assert [c.version for c in changes(seen(first + third, events + ended), DAY)] == ["1.1", "1.0"]


def test_deploys_within_minutes_are_told_apart_where_nothing_happens_for_one() -> None:
    """Two processes, replaced one by one within a minute, three times, four minutes apart."""
    begins = [DAY, 1000, 760, 520, 0]
    lives = [
        life(begins[n] - 50 * place * bool(n), begins[n + 1] - 50 * place * (n < 3), 10 * n + place)
        for n in range(4) for place in range(2)
    ]  # fmt: skip
    events = [happened(EXITED.name, begins[n + 1] - 50 * place, 10 * n + place, exit_code=0)
              for n in range(3) for place in range(2)]  # fmt: skip
    found = seen(lives, events)
    known = changes(found, DAY / 2)
    assert [change.kind for change in known] == [ChangeKind.DEPLOY] * 3
    assert [len(stops(found, change)) for change in known] == [2, 2, 2]


def test_a_deploy_that_takes_minutes_for_each_process_is_one() -> None:
    old = [life(DAY, 2000 - 200 * n, n) for n in range(4)]
    new = [life(1990 - 200 * n, 0, 10 + n) for n in range(4)]
    found = seen(old + new, [happened(EXITED.name, 2000 - 200 * n, n, exit_code=0) for n in range(4)])
    assert only(found).what == "all 4 processes were replaced"
    assert len(stops(found, only(found))) == 4


def test_stopped_first_and_then_started_is_the_same_deploy() -> None:
    lives = [life(DAY, 500, 1, version="1.0"), life(400, 0, 2, version="1.1")]
    events = [happened(EXITED.name, 500, 1, signal="SIGKILL")]
    found = seen(lives, events)
    assert only(found).kind is ChangeKind.DEPLOY
    assert unplanned(found, DAY) == ()


def test_without_versions_all_replaced_in_order_is_a_deploy() -> None:
    change = only(seen(*rolling("", "", 3000, 2)))
    assert (change.kind, change.what) == (ChangeKind.DEPLOY, "all 2 processes were replaced")
    assert only(seen(*rolling("", "", 3000, 1))).what == "its process was replaced"


def test_the_same_version_again_is_a_restart() -> None:
    assert only(seen(*rolling("1.0", "1.0", 3000, 2))).kind is ChangeKind.RESTART


def test_another_number_is_a_change_of_scale() -> None:
    more = only(seen([life(DAY, 0, 1), life(1000, 0, 2), life(1000, 0, 3)]))
    assert (more.kind, more.what) == (ChangeKind.SCALE, "from 1 to 3 processes")
    less = only(seen([life(DAY, 0, 1), life(DAY, 900, 2)], [happened(EXITED.name, 900, 2, signal="SIGTERM")]))
    assert (less.kind, less.what) == (ChangeKind.SCALE, "from 2 to 1 processes")


def test_nothing_changed_where_a_service_only_began_or_a_script_ran() -> None:
    assert changes(seen([life(DAY, 0, 1), life(DAY - 10, 0, 2)]), 2 * DAY) == ()
    script = life(1000, 970, 9)
    assert changes(seen([life(DAY, 0, 1), script], [happened(EXITED.name, 970, 9, exit_code=0)]), DAY) == ()


def test_a_crash_is_a_restart_that_nobody_planned() -> None:
    found = seen([life(DAY, 600, 1), life(590, 0, 2)], [happened(EXITED.name, 600, 1, exit_code=1)])
    assert only(found).kind is ChangeKind.RESTART
    assert [end.exit_code for end in unplanned(found, DAY)] == [1]


@pytest.mark.parametrize("version", ["", "1.0"])
def test_who_is_killed_while_one_after_the_other_is_replaced_was_told_to_stop(version: str) -> None:
    found = seen(*rolling(version, version, 3000, 3, signal="SIGKILL"))
    assert only(found).in_turn
    assert unplanned(found, DAY) == ()


def test_who_is_killed_together_or_alone_was_not() -> None:
    together = [life(DAY, 3000, n) for n in range(2)] + [life(2995, 0, 100 + n) for n in range(2)]
    killed = [happened(EXITED.name, 3000, n, signal="SIGKILL") for n in range(2)]
    assert len(unplanned(seen(together, killed), DAY)) == 2
    alone = [life(DAY, 3000, 0), life(DAY, 0, 1), life(2995, 0, 100)]
    assert len(unplanned(seen(alone, killed[:1]), DAY)) == 1
    single = [life(DAY, 3000, 0), life(2995, 0, 100)]
    assert len(unplanned(seen(single, killed[:1]), DAY)) == 1


def test_an_error_in_turn_is_an_error() -> None:
    assert len(unplanned(seen(*rolling("1.0", "1.0", 3000, 2, exit_code=1, signal="")), DAY)) == 2


def test_a_new_version_that_fails_is_not_excused_by_its_own_deploy() -> None:
    lives, events = rolling("1.0", "1.1", 600, 1)
    again = life(540, 0, 300, version="1.1")
    found = seen([*lives, again], [*events, happened(EXITED.name, 550, 100, exit_code=1)])
    assert only(found).kind is ChangeKind.DEPLOY
    assert len(unplanned(found, DAY)) == 1
    killed = seen([*lives, again], [*events, happened(EXITED.name, 550, 100, signal="SIGKILL")])
    assert len(unplanned(killed, DAY)) == 1


def test_a_process_that_fell_silent_ended_without_a_reason() -> None:
    assert unplanned(seen([life(DAY, 0, 1), life(DAY, 900, 2)]), DAY) == ()


def test_each_process_takes_the_place_of_the_one_before() -> None:
    lives = [life(DAY, 0, 1), *(life(900 - 100 * n, 810 - 100 * n, 10 + n) for n in range(4)), life(500, 0, 2)]
    events = [happened(EXITED.name, 810 - 100 * n, 10 + n, exit_code=1) for n in range(4)]
    found = seen(lives, events)
    assert [len(group) for group in slots(found, unplanned(found, DAY))] == [4]


def test_crashes_of_processes_that_live_side_by_side_are_in_places_of_their_own() -> None:
    lives = [life(DAY, 500, 1), life(DAY, 480, 2), life(470, 0, 3), life(460, 0, 4)]
    events = [happened(EXITED.name, 500, 1, exit_code=1), happened(EXITED.name, 480, 2, exit_code=1)]
    found = seen(lives, events)
    assert [len(group) for group in slots(found, unplanned(found, DAY))] == [1, 1]


def test_seconds_are_those_of_the_decision_model() -> None:
    found = seen(*rolling("1.0", "1.1", 3000, 2), time_scale=5.0)
    assert changes(found, DAY / 10) == ()
    assert len(changes(found, DAY)) == 1
