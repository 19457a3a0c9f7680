"""gc-pressure where one of several processes pauses: it speaks though others collect more, in short pauses."""

from __future__ import annotations

from dataclasses import replace

from advisor.diagnosis import Condition
from advisor.vocabulary import Verdict
from tests.answers import ruled
from tests.builders import Load, snapshot
from tests.rules.test_gc_pressure import read, rule

BUSY = Load(elu=0.3, gc_share=0.06, gc_pause=0.004)
RARE = Load(elu=0.3, gc_share=0.03, gc_pause=0.25, block=0.26, block_every=20.0)


def test_long_pauses_of_one_process_are_told_beside_others_that_collect_more() -> None:
    seen = snapshot(BUSY, BUSY, RARE)
    assert ruled("event-loop-blocked", seen).reading.condition is not Condition.OVER
    assert read(seen).condition is Condition.OVER
    assert "of one of 3 processes, with pauses of up to 250 ms" in read(seen).claim


def test_silent_where_its_pauses_are_short_or_no_reason_for_its_blocks() -> None:
    assert rule(snapshot(BUSY, BUSY, replace(RARE, gc_pause=0.06, block=0.07))).verdict is Verdict.CLEAR
    assert rule(snapshot(BUSY, BUSY, replace(RARE, gc_pause=0.11, block=0.5))).verdict is Verdict.CLEAR
