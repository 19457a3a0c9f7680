"""Sharing: sockets are shared out, and what each process opens for itself is not."""

from __future__ import annotations

import math

import pytest

from advisor.diagnosis.prediction import Clones
from advisor.diagnosis.sharing import copies_by_descriptors, not_of_connections, of_descriptors
from advisor.features.descriptors import Descriptors
from advisor.features.queueing import Policy
from tests.additions import with_figures
from tests.builders import Load, snapshot


@pytest.mark.parametrize(
    ("opened", "sockets", "limit", "copies"),
    [(900.0, 850.0, 1000.0, 2), (900.0, 100.0, 1000.0, 1), (1000.0, 1000.0, 1000.0, 2), (4000.0, 3900.0, 4096.0, 2)],
)
def test_copies_bring_each_below_the_target(opened: float, sockets: float, limit: float, copies: int) -> None:
    seen = with_figures(snapshot(Load()), fd_open=opened, fd_sockets=sockets, fd_limit=limit)
    assert copies_by_descriptors(seen, 1) == copies


def test_what_is_not_known_changes_nothing() -> None:
    assert copies_by_descriptors(snapshot(Load()), 3) == 3
    assert of_descriptors(snapshot(Load()), Clones(1, 2, Policy.ROUND_ROBIN)) == ()


@pytest.mark.parametrize(("connections", "says"), [
    (30.0, "Only 3% of 1,000 open descriptors are connections from outside: look first what the others are."),
    (400.0, ""), (math.nan, ""),
])  # fmt: skip
def test_what_is_mostly_no_connections_is_not_shared_out(connections: float, says: str) -> None:
    assert not_of_connections(Descriptors(1000.0, 1024.0, 1000.0, 1000.0, connections)) == says


def test_only_sockets_are_shared_out() -> None:
    seen = with_figures(snapshot(Load()), fd_open=500.0, fd_sockets=400.0)
    [found] = of_descriptors(seen, Clones(1, 4, Policy.ROUND_ROBIN))
    assert found.now == 500.0
    assert found.low == pytest.approx(180.0)
    assert found.high == pytest.approx(220.0)
