from __future__ import annotations

from advisor_agent.metric import COUNTER, GAUGE, SHARE, UPDOWNCOUNTER, Metric


def test_only_running_totals_need_two_readings():
    kinds = {kind: Metric("m", "1", kind, "").accumulates for kind in (GAUGE, UPDOWNCOUNTER, COUNTER, SHARE)}
    assert kinds == {GAUGE: False, UPDOWNCOUNTER: False, COUNTER: True, SHARE: True}


def test_a_sample_keeps_its_attributes():
    sample = Metric("m", "1", GAUGE, "").at(2.5, ("a", "x"), ("b", "y"))
    assert (sample.value, sample.attributes) == (2.5, (("a", "x"), ("b", "y")))
