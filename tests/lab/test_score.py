"""The arithmetic of the score, on made-up results."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.lab import outcome, report, score

BEGAN, ONSET, SCALE = 1000.0, 300.0, 10.0


def row(
    rule: str, opened: float, *options: str, severity: str = "warning", openings: int = 1, confidence: float = 0.9
) -> dict[str, Any]:
    """A recommendation that was opened so many model seconds after the onset."""
    return {
        "rule": rule,
        "severity": severity,
        "confidence": confidence,
        "opened": BEGAN + (ONSET + opened) / SCALE,
        "openings": openings,
        "options": list(options),
        "expected": {},
    }


def result(name: str, rules: tuple[str, ...], *rows: dict[str, Any], **more: Any) -> dict[str, Any]:
    """What a case leaves behind."""
    strategies, forbidden = (("cluster",), ("vertical",)) if rules else ((), ())
    label = {"rules": rules, "strategies": strategies, "forbidden": forbidden, "also": ("c",), "second": ()}
    return {
        "name": name,
        "label": label | more.pop("label", {}),
        "onset": ONSET,
        "scale": SCALE,
        "stretched": 1.0,
        "telemetry": "probe",
        "began": BEGAN,
        "recommendations": list(rows),
        "offered": {item["rule"]: item["options"] for item in rows},
        "commit": "aaaaaaa",
        "machine": "a machine",
        "peers": {"hpa": None, "elu": 60.0},
        **more,
    }


def test_the_right_warning_counts_from_the_onset() -> None:
    found = outcome.of_product(result("one", ("a", "b"), row("b", 240, "cluster", "x")))
    assert (found.said, found.is_right, found.is_acceptable, found.offers) == ("a", True, True, 2)
    assert found.seconds == pytest.approx(240)


def test_a_warning_before_the_onset_is_wrong() -> None:
    found = outcome.of_product(result("early", ("a",), row("a", -100, "cluster")))
    assert found.wrong == ("a",)
    assert not found.is_right
    assert found.seconds is None


def test_a_true_consequence_does_not_count_against_us_and_another_diagnosis_does() -> None:
    assert outcome.of_product(result("one", ("a",), row("a", 9, "cluster"), row("c", 9))).is_right
    assert outcome.of_product(result("two", ("a",), row("a", 9, "cluster"), row("z", 9))).wrong == ("z",)


def test_a_hint_on_a_healthy_service_is_no_false_warning_and_a_warning_is() -> None:
    hint = outcome.of_product(result("hint", (), row("z", 9, severity="info")))
    warning = outcome.of_product(result("warning", (), row("z", 9)))
    assert score.false_warnings([hint, warning]) == ["warning"]


def test_what_was_offered_for_a_moment_counts_as_offered() -> None:
    found = outcome.of_product(result("one", ("a",), row("a", 9, "cluster"), offered={"a": ["cluster", "vertical"]}))
    assert found.forbidden == ("vertical",)


def test_a_second_fault_can_be_missed() -> None:
    both = result("both", ("a",), row("a", 9, "cluster"), label={"second": ("b",)})
    assert outcome.of_product(both).missed == ("b",)


def test_confidence_counts_beside_what_is_true() -> None:
    both = result("both", ("a",), row("a", 9, confidence=0.95), row("z", 9, confidence=0.62))
    healthy = result("hint", (), row("z", 9, severity="info"))
    early = result("early", ("a",), row("a", -100, confidence=1.0))
    pairs = outcome.confidences((both, healthy, early))
    assert pairs == [(0.95, True), (0.62, False), (1.0, False)]
    assert score.calibration_error(pairs) == pytest.approx((abs(0.95 + 1.0 - 1) + 0.62) / 3)
    assert score.calibration_error([]) is None


@pytest.mark.parametrize(("sure", "true", "error"), [(0.8, 8, 0.0), (0.8, 10, 0.2), (0.8, 5, 0.3), (1.0, 10, 0.0)])
def test_a_confidence_that_comes_true_as_often_as_it_says_is_not_off(sure: float, true: int, error: float) -> None:
    assert score.calibration_error([(sure, n < true) for n in range(10)]) == pytest.approx(error)


def test_precision_and_recall_count_cases() -> None:
    outcomes = [
        outcome.of_product(result("hit", ("a",), row("a", 9))),
        outcome.of_product(result("miss", ("a",))),
        outcome.of_product(result("other", ("b",), row("a", 9))),
        outcome.of_product(result("healthy", (), row("a", 9))),
    ]
    found = {item.name: item for item in score.classes(outcomes)}
    assert (found["a"].hits, found["a"].false, found["a"].missed) == (1, 2, 1)
    assert found["a"].precision == pytest.approx(1 / 3)
    assert found["a"].recall == pytest.approx(1 / 2)
    assert score.macro_f1(outcomes) == pytest.approx((2 / 5 + 0) / 2)


def test_a_fault_without_advice_is_not_acceptable() -> None:
    outcomes = [
        outcome.of_product(result("one", ("a",), row("a", 9, "cluster"))),
        outcome.of_product(result("no", ("a",))),
    ]
    assert score.acceptable(outcomes) == pytest.approx(0.5)


def test_none_of_three_hundred_is_below_one_per_cent() -> None:
    assert score.upper_bound(0, 300) == pytest.approx(3 / 300, rel=0.01)
    assert score.upper_bound(0, 600) < 0.005
    assert score.upper_bound(3, 3) == 1.0
    assert score.upper_bound(1, 100) == pytest.approx(0.0466, abs=0.0005), "Clopper and Pearson's table"


def test_peers_say_one_thing_only() -> None:
    full = result("full", ("event-loop-saturated",))
    assert outcome.of_alarm(full, "elu").is_right
    assert not outcome.of_alarm(full, "hpa").is_right
    assert outcome.of_alarm(result("healthy", ()), "elu").wrong == ("event-loop-saturated",)


def test_clinic_gets_the_benefit_of_the_doubt() -> None:
    blocked = outcome.of_clinic(result("blocked", ("event-loop-blocked",), clinic="event-loop"))
    assert blocked is not None
    assert blocked.is_right
    silent = outcome.of_clinic(result("healthy", (), clinic="io"))
    assert silent is not None
    assert silent.wrong
    assert outcome.of_clinic(result("not run", ())) is None


def test_a_prediction_is_compared_with_what_was_measured() -> None:
    good = row("a", 9, "cluster")
    good["expected"] = {
        "cluster": [
            {"metric": "loop_utilization", "low": 0.4, "high": 0.5},
            {"metric": "p95", "low": 0.02, "high": None},
            {"metric": "capacity", "low": 1, "high": 2},
        ]
    }
    remedy = {"strategy": "cluster", "measured": {"loop_utilization": 0.5, "p95": 0.01}, "expected": []}
    found = score.effects(result("one", ("a",), good, remedy=remedy))
    assert [(item.metric, item.predicted, item.told) for item in found] == [
        ("loop_utilization", "0.4 to 0.5", "inside, 10% off the middle"),
        ("p95", "at least 0.02", "outside"),
    ]
    assert score.effects(result("two", ("a",), good)) == []


def test_the_report_ends_in_lines_of_json() -> None:
    results = [result("one", ("a",), row("a", 9, "cluster")), result("healthy", ())]
    found = {line["name"]: line for line in map(json.loads, report.lines(results))}
    assert found["lab_macro_f1"]["value"] == 1.0
    assert found["lab_macro_f1"]["holds"] is True
    assert found["lab_false_warnings"]["peer_value"] == 0
    assert found["lab_seconds_to_warning"]["value"] == pytest.approx(9)
    assert any("one " in line and "<-" not in line for line in report.table(results))
