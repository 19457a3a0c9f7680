from __future__ import annotations

import time

import pytest


def test_a_look_counts_all_processes_and_gives_workers_their_role(macos, look):
    scene = look(macos)
    assert scene.process_count == 5
    assert [(found.pid, found.role) for found in scene.processes] == [
        (701, "primary"),
        (702, "worker"),
        (800, "single"),
    ]


def test_the_age_of_the_system_is_by_its_clock(elsewhere, look):
    elsewhere.readings["boot_time"] = time.time() - 1000
    assert look(elsewhere).boot_age == pytest.approx(1000, abs=60)


def test_a_clock_that_was_set_back_gives_no_negative_age(elsewhere, look):
    elsewhere.readings["boot_time"] = time.time() + 1000
    assert look(elsewhere).boot_age == 0


def test_what_the_agent_takes_itself(macos, look):
    assert look(macos).own_use() == (6.0, 60_000_000)


@pytest.mark.parametrize("error", [NotImplementedError("no"), RuntimeError("broken"), OSError(5, "Input/output error")])
def test_connections_that_cannot_be_had_leave_the_rest_of_the_look(elsewhere, look, error):
    elsewhere.errors["net_connections"] = error
    scene = look(elsewhere)
    assert scene.ports_error
    assert scene.processes
