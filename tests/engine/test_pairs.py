"""Two faults that come together: both are named, each where it belongs, and no way out for one feeds the other."""

from __future__ import annotations

import pytest

from advisor.diagnosis import Judgement, RuleState
from advisor.engine import judge
from advisor.features import Snapshot
from advisor.vocabulary import PartKind, Verdict
from tests.additions import with_figures, with_part, with_recalled
from tests.builders import NOW, YOUNG, Load, Machine, snapshot
from tests.rules.test_datastore_write_bound import HERE, WRITES

WRITING, HOST, PRESSURE = "datastore-write-bound", "host-cpu-saturated", "memory-pressure"


def said(seen: Snapshot, *firing: str) -> Judgement:
    """A look at a service at which these fired before."""
    return judge(seen, {name: RuleState(Verdict.FIRING, since=NOW - 600, seen=NOW - 30) for name in firing})


def ways(judgement: Judgement) -> dict[str, list[str]]:
    """Rule that is advised on -> the ways out that it gets."""
    return {advice.ruling.rule: [option.id for option in advice.options] for advice in judgement.advice}


class TestDatastoreOnAFullMachine:
    def stored(self, cores: float) -> Snapshot:
        """Writes hold up a datastore whose programs keep so many of four full cores at work."""
        slow = Load(elu=0.3, cpu=0.1, rps=40, latency=1.5, spread=0.0)
        full = snapshot(slow, machine=Machine(cores=4, cpu=0.97, pressure=0.6))
        seen = with_part(full, PartKind.DATASTORE, HERE, **WRITES | {"active": 8.0, "pending": 5.0})
        return with_part(seen, PartKind.PROGRAM, "postgres", busy=cores * seen.window.hosts[0].track.spans)

    def test_one_that_fills_it_is_named_as_well_and_gets_no_copies(self) -> None:
        found = ways(said(self.stored(3.4), HOST, WRITING))
        assert list(found)[:2] == [HOST, WRITING]
        assert found[HOST][0] == "relieve-host"
        assert not {"load-balance", "autoscale", "cluster"} & {way for every in found.values() for way in every}

    def test_one_that_others_crowd_is_held_back(self) -> None:
        found = ways(said(self.stored(0.4), HOST, WRITING))
        assert WRITING not in found
        assert "load-balance" in found[HOST]


class TestLeakThatFills:
    """A heap that is nearly full, of which the last two hours prove no growth."""

    def reason(self, *firing: str) -> str:
        full = with_figures(snapshot(Load(rss=5e8)), heap_floor=4.7e8, heap_limit=YOUNG + 5e8)
        advice = said(with_recalled(full, PRESSURE, full.window), PRESSURE, *firing).advice
        pressure = next(one for one in advice if one.ruling.rule == PRESSURE)
        return next(no.reason for no in pressure.rejected if no.id == "fix-leak")

    def test_its_repair_is_not_called_unproven_where_it_was_proven(self) -> None:
        assert self.reason("memory-leak") == (
            "Advised where it was proven, since 2023-11-14 22:03 UTC: memory leaks. It is the way out of both."
        )

    @pytest.mark.parametrize("firing", [(), ("descriptor-leak",)], ids=["no leak", "a leak of something else"])
    def test_without_such_a_leak_it_stays_unproven(self, firing: tuple[str, ...]) -> None:
        assert "Advised" not in self.reason(*firing)


def test_a_disk_that_fills_hides_no_datastore_that_writes_hold_up() -> None:
    seen = with_part(snapshot(Load(elu=0.2, rps=40, latency=1.5, spread=0.0)), PartKind.DATASTORE, HERE, **WRITES)
    assert WRITING in ways(said(seen, "disk-filling", WRITING))
