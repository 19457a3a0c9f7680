"""The route that makes one process's requests dearer than those of its equals, and what else may be the reason."""

from __future__ import annotations

from dataclasses import replace

import pytest

from advisor.diagnosis.dearer import Dearer, dearer_route
from advisor.features import Snapshot
from tests.additions import with_machines, with_window
from tests.builders import Load, snapshot

COOL = Load(elu=0.3, rps=60, routes={"GET /": 0.7, "GET /report": 0.1, "GET /list": 0.2})


@pytest.mark.parametrize("seconds", [600.0, 300.0])
def test_it_is_the_route_of_which_it_has_so_much_more_and_not_the_one_that_it_has_most(seconds: float) -> None:
    """Half of the requests are for `/` as well, but the others have more of them."""
    hot = Load(elu=0.9, rps=60, routes={"GET /": 0.5, "GET /report": 0.4, "GET /list": 0.1})
    found = dearer_route(snapshot(hot, COOL, COOL), seconds)
    assert isinstance(found, Dearer)
    assert found.route == "GET /report"
    assert (found.mine, found.theirs, found.share) == pytest.approx((0.4, 0.1, 0.4))
    assert not found.measured
    assert [process.name for process in found.alone.processes] == [found.found.hot.name]
    assert "GET /report is 40% of its requests and 10% of theirs, and takes 40% of its work" in found.words


@pytest.mark.parametrize(("hot", "why"), [
    (Load(elu=0.9, rps=180, routes=COOL.routes), "process 1010 gets 3 times as many requests"),
    (Load(elu=0.9, rps=60, routes=COOL.routes), "times as much as the others, and no other routes explain that"),
    (Load(elu=1.0, rps=0.0), "process 1010 answers 0 requests"),
])  # fmt: skip
def test_more_requests_or_a_sick_process_are_something_else(hot: Load, why: str) -> None:
    assert why in str(dearer_route(snapshot(hot, COOL, COOL), 600.0))


def silent(seen: Snapshot, *places: int) -> Snapshot:
    """The processes at these places tell no routes."""
    every = seen.window.instances
    return with_window(
        seen, instances=tuple(replace(one, parts=()) if n in places else one for n, one in enumerate(every))
    )


@pytest.mark.parametrize("places", [(), range(6)])
def test_a_slower_machine_is_no_dearer_route(places: tuple[int, ...]) -> None:
    loads = [replace(COOL, elu=0.4)] * 4 + [replace(COOL, elu=0.8)] * 2
    why = str(dearer_route(silent(with_machines(snapshot(*loads, hosts=3), 2, 2, 2), *places), 600.0))
    assert why.startswith("A request takes 2 times the CPU time in each process on the machine of process 103")
    assert why.endswith("the machine is slower, not one route dearer.")


@pytest.mark.parametrize(("places", "whose"), [((0,), "process 1010"), ((1, 2), "the others")])
def test_where_one_side_tells_no_routes_nothing_can_be_compared(places: tuple[int, ...], whose: str) -> None:
    seen = silent(snapshot(Load(elu=0.9, rps=60, routes=COOL.routes), COOL, COOL), *places)
    assert str(dearer_route(seen, 600.0)).startswith(f"0 routes of {whose} are told: nobody knows what process 1010")


def test_where_only_one_gets_requests_it_gets_all() -> None:
    assert "process 1010 gets all requests" in str(dearer_route(snapshot(COOL, Load(elu=0.01, rps=0.0)), 600.0))


def test_one_process_has_no_equals() -> None:
    assert dearer_route(snapshot(COOL), 600.0) == "1 process: there is no other to compare with."
