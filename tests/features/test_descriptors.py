"""descriptors: how near to the limit, and what no connection explains."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from advisor.features import Snapshot, Track
from advisor.features.descriptors import (
    REST,
    Descriptors,
    descriptors_of,
    ended_at_kernel,
    ended_without,
    fullest,
    fullest_table,
    machines_of,
    with_rest,
)
from advisor.vocabulary.events import EXITED
from tests.additions import happened, with_events, with_figures, with_host_figures
from tests.builders import NOW, Load, Senders, snapshot


def told(seen: Snapshot) -> Descriptors:
    return descriptors_of(seen.processes[0], 600)


def test_the_share_of_the_limit_and_of_connections() -> None:
    found = told(with_figures(snapshot(Load()), fd_open=400.0, fd_limit=1000.0, connections=300.0))
    assert (found.share, found.connected) == (0.4, 0.75)


def test_the_mean_of_the_span_and_the_least_of_the_last_minute() -> None:
    seen = snapshot(Load())
    times = seen.window.instances[0].track.times
    found = told(with_figures(seen, fd_open=np.where(times < NOW - 300, 100.0, 900.0), fd_limit=1000.0))
    assert found.mean == pytest.approx(500.0, abs=10)
    assert found.lowest_now == 900.0


def test_websockets_count_as_connections_only_once() -> None:
    found = told(with_figures(snapshot(Load()), fd_open=400.0, fd_limit=1000.0, connections=300.0, websockets=250.0))
    assert found.connections == 300.0
    assert told(with_figures(snapshot(Load(websockets=250)), fd_open=400.0, connections=0.0)).connections == 250.0


def test_what_is_not_reported_is_unknown() -> None:
    found = told(snapshot(Load(), senders=Senders(agent=False)))
    assert math.isnan(found.share)
    assert math.isnan(replace(found, open=10.0, connections=math.nan).connected)
    assert math.isnan(found.mean)


def test_the_fullest_is_nearest_to_its_own_limit() -> None:
    seen = with_figures(snapshot(Load(), Load()), fd_open=900.0, fd_limit=65_536.0)
    small = with_figures(seen, only=1, fd_open=400.0, fd_limit=1024.0)
    assert fullest(small.processes, 600) == small.processes[1]
    assert fullest(with_figures(small, fd_limit=math.nan).processes, 600) is None


def test_connections_never_explain_more_than_all() -> None:
    assert told(with_figures(snapshot(Load()), fd_open=10.0, connections=30.0)).connected == 1.0


@pytest.mark.parametrize(("counts", "rest"), [
    ({"connections": 30.0}, 70.0), ({"websockets": 20.0}, 80.0), ({"connections": 30.0, "websockets": 40.0}, 60.0),
    ({"connections": math.nan, "websockets": 40.0}, 60.0),
])  # fmt: skip
def test_the_rest_is_what_no_connection_explains(counts: dict[str, float], rest: float) -> None:
    values = {"fd_open": np.array([100.0])} | {name: np.array([count]) for name, count in counts.items()}
    assert with_rest(Track(np.array([1.0]), np.ones(1), values)).values[REST].tolist() == [rest]


def test_without_a_count_of_connections_there_is_no_rest() -> None:
    bare = Track(np.array([1.0]), np.ones(1), {"fd_open": np.array([100.0])})
    assert REST not in with_rest(bare).values
    assert REST not in with_rest(Track(np.array([1.0]), np.ones(1), {"connections": np.array([1.0])})).values


def test_the_fullest_kernel_of_several_machines() -> None:
    seen = with_host_figures(snapshot(Load(), hosts=2), fd_open=9_000.0, fd_limit=100_000.0)
    first, second = seen.machines
    second.track.values["fd_open"][:] = 80_000.0
    table = fullest_table((first, second))
    assert table is not None
    assert (table.machine.name, table.share) == ("web-2", 0.8)


@pytest.mark.parametrize("columns", [{}, {"fd_open": 9.0}, {"fd_limit": 9.0}, {"fd_open": 1.0, "fd_limit": 0.0}])
def test_a_kernel_that_tells_half_of_it_is_not_known(columns: dict[str, float]) -> None:
    assert fullest_table(with_host_figures(snapshot(Load()), **columns).machines) is None


@pytest.mark.parametrize(("tellers", "names"), [
    ((20,), ["web-2"]), ((10, 20, 20), ["web-1", "web-2"]), ((), ["web-1", "web-2"]), ((99,), ["web-1", "web-2"]),
])  # fmt: skip
def test_the_machines_of_those_who_tell(tellers: tuple[int, ...], names: list[str]) -> None:
    seen = snapshot(Load(), hosts=2)
    told = [happened(EXITED.name, 100, teller) for teller in tellers]
    assert [machine.name for machine in machines_of(seen, told)] == names


def test_ends_for_want_of_a_descriptor_are_told_from_others() -> None:
    codes = ["Error EMFILE", "Error ENFILE", "Error ENOENT", ""]
    seen = with_events(snapshot(Load()), *(happened(EXITED.name, 100, exception=code) for code in codes))
    assert [event.exception for event in ended_without(seen, 200.0)] == codes[:2]
    assert [event.exception for event in ended_at_kernel(seen, 200.0)] == codes[1:2]
    assert ended_without(seen, 50.0) == ended_at_kernel(seen, 50.0) == ()
