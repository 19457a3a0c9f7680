"""What is stored of a judgement, and what counts as a change."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.recommendations import content
from advisor.recommendations.models import Recommendation
from advisor.vocabulary import Severity, Verdict
from tests.recommendations.judgements import advice, ruling


def test_content_holds_what_the_judge_said() -> None:
    one = ruling(Verdict.FIRING)
    made = content.of(one, advice(one))
    assert made.severity == "warning"
    assert made.evidence[0]["value"] == 0.89
    assert made.options[0]["expected"][1]["high"] is None
    assert made.rejected[0]["reason"] == "1 of 2 cores is idle already"
    json.dumps([made.evidence, made.options, made.rejected], allow_nan=False)


def test_without_advice_there_are_no_options() -> None:
    made = content.of(ruling(Verdict.FIRING), None)
    assert (made.options, made.rejected) == ([], [])


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (float("nan"), None),
        (float("inf"), None),
        (np.float64(0.5), 0.5),
        (np.bool_(True), True),
        (np.int64(7), 7),
        ("a\x00b\ud800", "a\ufffdb\ufffd"),
        (Severity.CRITICAL, "critical"),
        (("a", {"b": (1,)}), ["a", {"b": [1]}]),
        (None, None),
    ],
)
def test_every_value_becomes_storable_json(value: object, stored: object) -> None:
    assert content.plain(value) == stored
    assert type(content.plain(value)) is type(stored)


@given(
    st.recursive(st.none() | st.booleans() | st.floats() | st.text(), lambda inner: st.lists(inner) | st.tuples(inner))
)
def test_plain_values_are_strict_json_and_look_like_themselves(value: object) -> None:
    stored = content.plain(value)
    assert json.loads(json.dumps(stored, allow_nan=False)) == stored
    assert content.same(stored, stored)


@pytest.mark.parametrize(
    ("old", "new", "alike"),
    [
        ({"value": 0.89, "unit": "1"}, {"value": 0.905, "unit": "1"}, True),
        ({"value": 0.01, "unit": "1"}, {"value": 0.025, "unit": "1"}, True),
        ({"value": 0.01, "unit": "1"}, {"value": 0.04, "unit": "1"}, False),
        ({"value": 0.003, "unit": "s"}, {"value": 0.007, "unit": "s"}, True),
        ({"value": 0.3, "unit": "s"}, {"value": 0.4, "unit": "s"}, False),
        ({"value": 175.0, "unit": "{request}/s"}, {"value": 180.0, "unit": "{request}/s"}, True),
        ({"value": 1.0, "unit": "1"}, {"value": 1.0, "unit": "s"}, False),
        ({"value": None}, {"value": 1.0}, False),
        ({"confidence": 0.6}, {"confidence": 0.64}, True),
        ({"code": "instances: 20"}, {"code": "instances: 21"}, False),
        ("the loop is 89% busy", "the loop is 90% busy", True),
        ("the loop is 89% busy", "the loop is 99% busy", False),
        ("1 of 2 cores", "2 of 2 cores", False),
        ("1,428 requests", "1,430 requests", True),
        ("pid 7", "host 7", False),
        (True, 1.5, False),
        ([1], [1, 1], False),
        ({"a": 1}, {"b": 1}, False),
    ],
)
def test_noise_is_no_change(old: object, new: object, alike: bool) -> None:
    assert content.same(old, new) is alike
    assert content.same(new, old) is alike


def test_content_compares_with_its_row() -> None:
    one = ruling(Verdict.FIRING)
    row = Recommendation()
    content.of(one, advice(one)).write_to(row)
    noisy, other = ruling(Verdict.FIRING, busy=0.895), ruling(Verdict.FIRING, busy=0.99)
    assert content.of(noisy, advice(noisy)).looks_like(row)
    assert not content.of(other, advice(other)).looks_like(row)
