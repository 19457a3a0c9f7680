"""vetoes: a machine that the service's own datastore fills, and what else may fill it."""

from __future__ import annotations

import pytest

from advisor.features import Snapshot
from advisor.vocabulary import PartKind
from tests.additions import with_part
from tests.answers import option, rejection
from tests.builders import Load, Machine, snapshot

RULE = "host-cpu-saturated"


def _seen(own: float = 0.03, keeps: float = 1.8, *, calls: bool = True) -> Snapshot:
    """A service that uses so many cores beside a datastore that uses so many, of two."""
    load = Load(elu=own + 0.2, cpu=own, rps=20, latency=0.4)
    plain = snapshot(load, machine=Machine(cores=2, cpu=0.95, pressure=0.6))
    seen = with_part(plain, PartKind.PROGRAM, "postgres", busy=keeps * plain.window.hosts[0].track.spans)
    seen = with_part(seen, PartKind.DATASTORE, "postgresql 127.0.0.1 5432 shop", active=4.0, hits=1e5, misses=10.0)
    return with_part(seen, PartKind.POOL, "postgresql 127.0.0.1:5432/shop", used=4.0) if calls else seen


@pytest.mark.parametrize("strategy", ["load-balance", "autoscale"])
def test_copies_elsewhere_do_not_relieve_a_machine_that_their_datastore_fills(strategy: str) -> None:
    assert rejection(strategy, RULE, _seen()).startswith("Programs that keep its data have 95% of the busy processors")


@pytest.mark.parametrize("seen", [
    _seen(calls=False),  # anybody's datastore
    _seen(keeps=0.8),  # others fill it
    _seen(own=0.6, keeps=1.2),  # the service as well
])  # fmt: skip
def test_elsewhere_they_get_away_from_what_others_fill(seen: Snapshot) -> None:
    assert option("load-balance", RULE, seen).id == "load-balance"
