"""Every case can be found, read and run; frozen ones are as they were."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from advisor.engine.registry import RULES
from tests.lab import discovery
from tests.lab.case import SILENT, Case, Http, Label, Phase, Service

GOOD = Case(
    label=Label(rules=("event-loop-saturated",), strategies=("cluster",)),
    reason="It is a good case.",
    services=(Service(script="express.js"),),
    phases=(Phase(600, (Http(path="/work", rate=1),)),),
)


@pytest.mark.parametrize("folder", [discovery.OPEN, discovery.SEEN, discovery.FROZEN])
def test_every_case_can_be_read(folder: str) -> None:
    found = list(discovery.cases(folder).values())
    assert all(case.reason for case in found)


def test_what_comes_live_is_long_enough_for_its_rule_to_fire() -> None:
    stretched = {name: case for name, case in discovery.cases(discovery.OPEN).items() if case.stretched > 1}
    needs = {
        (name, rule): RULES[rule].hold + recall.pace  # the first look may come as late as a whole pace
        for name, case in stretched.items()
        for rule in case.label.rules
        if (recall := RULES[rule].recall)
    }
    assert needs
    assert [key for key, seconds in needs.items() if stretched[key[0]].live < seconds] == []


def test_frozen_cases_are_as_they_were() -> None:
    discovery.require_frozen()


def test_a_changed_frozen_case_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discovery, "LAB", tmp_path)
    monkeypatch.setattr(discovery, "SUMS", tmp_path / "frozen" / "SHA256SUMS")
    (tmp_path / "frozen").mkdir()
    (tmp_path / "frozen" / "one.py").write_text("case = 1")
    discovery.SUMS.write_text(discovery.sums())
    discovery.require_frozen()
    (tmp_path / "frozen" / "one.py").write_text("case = 2")
    with pytest.raises(discovery.WrongCaseError, match=r"one\.py"):
        discovery.require_frozen()


def test_names_follow_the_pattern() -> None:
    assert "loop_full_single" in discovery.names(discovery.OPEN, "loop_*")
    assert "loop_full_single" not in discovery.names(discovery.OPEN, "host_*")
    assert "loop_full_single" in discovery.names(discovery.OPEN, "host_*,loop_*")


def test_a_good_case_has_nothing_wrong() -> None:
    assert discovery.wrong(discovery.OPEN, GOOD) == ""
    assert discovery.wrong(discovery.OPEN, replace(GOOD, label=SILENT)) == ""


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"services": ()}, "no service"),
        ({"services": (Service(script="nowhere.js"),)}, "nowhere.js"),
        ({"label": Label(rules=("x",), strategies=("cluster",), forbidden=("cluster",))}, "both"),
        ({"label": Label(rules=("x",), strategies=())}, "needs strategies"),
        ({"onset": 600.0}, "onset"),
        ({"services": (Service(script="express.js", name="web"),)}, "no name of its own"),
    ],
)
def test_what_cannot_be_run_is_said(change: dict[str, object], word: str) -> None:
    assert word in discovery.wrong(discovery.OPEN, replace(GOOD, **change))  # type: ignore[arg-type]
