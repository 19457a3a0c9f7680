"""What is counted as work: requests, or messages of WebSockets."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from advisor.features import Snapshot, balance, pieces
from advisor.features.balance import Apart, Balance
from advisor.features.pieces import Piece
from tests.additions import with_machines, with_sockets
from tests.builders import Load, snapshot

SPAN = 600.0
TALK = Load(elu=0.2, rps=0.3, latency=0.003)
MIXED = Load(elu=0.3, rps=30, latency=0.02)


def of(seen: Snapshot) -> Balance:
    found = balance.of(seen, SPAN, 1.15)
    assert found is not None
    return found


def test_both_directions_count() -> None:
    (process,) = with_sockets(snapshot(TALK), (100, 50.0)).processes
    assert pieces.rate(process, Piece.MESSAGE, SPAN) == pytest.approx(50.0)
    assert pieces.rate(process, Piece.REQUEST, SPAN) == pytest.approx(0.3, rel=0.2)


def test_a_service_without_messages_is_counted_by_requests() -> None:
    seen = snapshot(replace(MIXED, elu=0.9, rps=90), MIXED)
    assert pieces.rate(seen.processes[0], Piece.MESSAGE, SPAN) == 0
    assert math.isnan(pieces.total(seen.processes, Piece.MESSAGE, SPAN))
    assert (of(seen).piece, of(seen).apart) == (Piece.REQUEST, Apart.MORE)


def test_messages_count_where_handshakes_are_all_requests() -> None:
    found = of(with_sockets(snapshot(replace(TALK, elu=0.9), TALK, TALK), (900, 90.0), (60, 10.0), (60, 10.0)))
    assert (found.piece, found.apart) == (Piece.MESSAGE, Apart.MORE)
    assert found.rate == pytest.approx(9.0)
    assert found.pieces == pytest.approx(66_000 * 2, rel=0.02)  # the rows of agent and probe
    assert found.variation > 3 * found.noise


@pytest.mark.parametrize(("hot", "held", "piece", "apart"), [
    (replace(MIXED, elu=0.9, rps=90), (50, 100.0), Piece.REQUEST, Apart.MORE),
    (replace(MIXED, elu=0.9), (500, 900.0), Piece.MESSAGE, Apart.MORE),
    (replace(MIXED, elu=0.9), (50, 100.0), Piece.REQUEST, Apart.SICK),
    (replace(MIXED, elu=0.9, routes={"GET /": 0.5, "GET /report": 0.5}), (50, 100.0), Piece.REQUEST, Apart.DEARER),
])  # fmt: skip
def test_beside_requests_that_are_work_only_more_messages_count(
    hot: Load, held: tuple[float, float], piece: Piece, apart: Apart
) -> None:
    """Three times as busy: by requests, by messages, or by neither."""
    found = of(with_sockets(snapshot(hot, MIXED, MIXED), held, (50, 100.0), (50, 100.0)))
    assert (found.piece, found.apart) == (piece, apart)


def test_fewer_messages_than_requests_are_no_work() -> None:
    found = of(with_sockets(snapshot(replace(MIXED, elu=0.9), MIXED, MIXED), (50, 20.0), (1, 0.1), (1, 0.1)))
    assert found.piece is Piece.REQUEST


@pytest.mark.parametrize(("hot", "apart"), [
    (replace(TALK, elu=0.6), Apart.DEARER), (replace(TALK, elu=0.6, cpu=0.2), Apart.SICK),
])  # fmt: skip
def test_as_many_messages_may_be_others_and_only_waiting_shows_a_sick_process(hot: Load, apart: Apart) -> None:
    found = of(with_sockets(snapshot(hot, TALK, TALK), *[(50, 100.0)] * 3))
    assert (found.piece, found.apart) == (Piece.MESSAGE, apart)


def test_a_slower_machine_pays_more_for_messages() -> None:
    seen = with_machines(snapshot(*[TALK] * 4, *[replace(TALK, elu=0.5)] * 2, hosts=3), 2, 2, 2)
    found = of(with_sockets(seen, *[(50, 100.0)] * 6))
    assert found.apart is Apart.SLOWER
    assert found.slowness == pytest.approx(2.5, rel=0.05)
