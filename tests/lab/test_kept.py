"""Results in the tree: they count for the case and the programs that they were measured of, and no others."""

from __future__ import annotations

import json
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from tests.lab import discovery
from tests.lab.case import SILENT, Case
from tests.lab.kept import Kept, fingerprint

CASE = discovery.load("cases", "block_json")
RESULT = {"began": 1000.0, "verdicts": [{"rule": "crash-loop"}]}


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept("cases", 10.0, tmp_path / "results", tmp_path / "verdicts")


def test_a_result_comes_back_with_what_it_was_measured_by(kept: Kept) -> None:
    kept.save("one", CASE, RESULT)
    (found,) = kept.load({"one": CASE, "another": CASE})
    assert (found["name"], found["scale"], found["began"]) == ("one", 10.0, 1000.0)
    assert found["label"]["rules"] == CASE.label.rules
    assert found["commit"]
    assert "processors" in found["machine"]


def test_what_is_added_later_leaves_the_rest_as_it_was(kept: Kept) -> None:
    kept.save("one", CASE, RESULT | {"commit": "aaaaaaa"})
    path = kept.root / kept.name / "one.json"
    before = json.loads(path.read_text())
    (found,) = kept.load({"one": CASE})
    kept.save("one", CASE, found | {"clinic": "io"})
    assert json.loads(path.read_text()) == before | {"clinic": "io"}


def test_what_clinic_doctor_said_stays_when_a_case_is_played_again_and_not_when_it_differs(kept: Kept) -> None:
    kept.save("one", CASE, RESULT | {"clinic": "io"})
    kept.save("one", CASE, RESULT | {"began": 2000.0})
    (found,) = kept.load({"one": CASE})
    assert (found["began"], found["clinic"]) == (2000.0, "io")
    other = replace(CASE, onset=1.0)
    kept.save("one", other, RESULT)
    assert "clinic" not in kept.load({"one": other})[0]


def test_verdicts_are_kept_beside_the_tree(kept: Kept) -> None:
    kept.save("one", CASE, RESULT)
    assert "crash-loop" not in (kept.root / kept.name / "one.json").read_text()
    assert "crash-loop" in (kept.verdicts / kept.name / "one.json").read_text()


def test_what_is_kept_names_no_folder_of_this_machine(kept: Kept) -> None:
    data = Path(tempfile.gettempdir()) / "lab-x1" / "postgresql"
    claim = f"ended in {discovery.LAB / 'apps/crashing.js'}:17, and {data}:5432 is full"
    kept.save("one", CASE, RESULT | {"summary": {"sentence": claim}})
    (found,) = kept.load({"one": CASE})
    assert found["summary"]["sentence"] == "ended in tests/lab/apps/crashing.js:17, and postgresql:5432 is full"


@pytest.mark.parametrize("other", [replace(CASE, onset=1.0), replace(CASE, phases=CASE.phases[:1])])
def test_a_result_of_a_case_that_ran_differently_does_not_count(kept: Kept, other: Case) -> None:
    kept.save("one", CASE, RESULT)
    assert kept.load({"one": other}) == []


def test_a_label_may_change_and_counts_as_it_is_now(kept: Kept) -> None:
    kept.save("one", CASE, RESULT)
    (found,) = kept.load({"one": replace(CASE, label=SILENT, reason="Another.")})
    assert (found["label"]["rules"], found["reason"]) == ((), "Another.")


def test_a_program_that_changes_asks_for_another_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = fingerprint("cases", CASE)
    changed = tmp_path / CASE.services[0].script
    changed.write_text("// nothing")
    monkeypatch.setattr(discovery, "APPS", tmp_path)
    assert fingerprint("cases", CASE) != before
