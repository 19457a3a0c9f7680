"""cache_fit: what reads, by routes and statements together; the stricter of the two counts."""

from __future__ import annotations

import pytest

from advisor.diagnosis.cache_fit import Computed, computed, reads_of, too_many_writes, unfit_reads
from advisor.features.reads import Reads
from advisor.vocabulary import PartKind
from tests.additions import with_part
from tests.strategies.repeated import INSERT, LOOK_UP, PLACE, STORE, calling, computing, stored

WINDOW = 300.0


def reads(share: float = 0.9, exact: float = 0.0, writes: float = 0.1) -> Reads:
    return Reads(("GET /products",), share, ("GET /cart",) if exact else (), exact, writes)


@pytest.mark.parametrize(("found", "reason"), [
    (reads(), ""), (reads(share=0.2), ""), (reads(writes=0.49), ""), (reads(exact=0.7, share=0.3), ""),
    (reads(writes=0.5), "50% of the requests write"), (reads(share=0.19), "Reads that may be old take 19%"),
    (reads(share=0.19, exact=0.2), "GET /cart take 20% of the time of requests and are about money, stock or login"),
])  # fmt: skip
def test_each_limit_decides(found: Reads, reason: str) -> None:
    assert unfit_reads(found, "requests").startswith(reason)
    assert bool(unfit_reads(found, "requests")) is bool(reason)


def test_writes_alone() -> None:
    assert too_many_writes(reads(share=0.0), "calls") == ""
    assert "67% of the calls write" in too_many_writes(reads(writes=2 / 3), "calls")


def test_the_smaller_of_both_shares_counts() -> None:
    by_routes = reads_of(calling(), "", WINDOW)
    by_both = reads_of(stored(**{LOOK_UP: 3.0, INSERT: 2.0}), PLACE, WINDOW)
    assert isinstance(by_routes, Reads)
    assert isinstance(by_both, Reads)
    assert by_routes.names == ("GET /products", "GET /products/:id")
    assert by_both.names == (LOOK_UP,)
    assert (by_routes.share, by_both.share) == pytest.approx((0.9, 0.6))


def test_what_routes_forbid_statements_do_not_allow() -> None:
    seen = stored(calling(routes={"POST /reviews": 1.0}), **{LOOK_UP: 3.0})
    assert str(reads_of(seen, PLACE, WINDOW)).startswith("100% of the requests write")


@pytest.mark.parametrize(("waiting", "kept"), [(2.0, False), (1.0, True)])
def test_a_store_that_writing_holds_up_gains_nothing_from_fewer_reads(waiting: float, kept: bool) -> None:
    """Of three active sessions so many wait for a lock; by its routes nearly all reads."""
    told = {"active": 3.0, "pending": waiting, "pending_disk": 0.0, "pending_inside": 0.0, "wal": 1e6, "misses": 0.0}
    seen = with_part(calling(PartKind.DATABASE, PLACE), PartKind.DATASTORE, STORE, **told)
    answer = reads_of(seen, PLACE, WINDOW)
    assert isinstance(answer, Reads) is kept
    assert kept or answer == f"Writing holds up 67% of the sessions of {PLACE}: fewer reads would not free them."


def test_a_loop_s_reads_are_those_of_its_costs() -> None:
    found = computed(computing(**{"GET /products": 0.7, "GET /cart": 0.3}), 600.0)
    assert isinstance(found, Computed)
    assert ([cost.name for cost in found.costs], found.exact) == (["GET /products"], ("GET /cart",))
    assert found.share == pytest.approx(0.7, abs=0.1)
