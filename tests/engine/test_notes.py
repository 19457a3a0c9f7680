"""notes: that copies do not help is said with a number, and only where it is true."""

from __future__ import annotations

from typing import Any

import pytest

from advisor.diagnosis import Condition, Reading
from advisor.engine import judge
from advisor.engine.notes import NOT_BY_COPIES
from advisor.vocabulary import Verdict
from tests.builders import Load, Machine, snapshot
from tests.engine.invented import RECALL, figure, install, look, reads, rule
from tests.engine.test_order import CLASSES
from tests.strategies.test_rebalance import COOL, HOT, SICK

OVER = Condition.OVER


def notes(monkeypatch: pytest.MonkeyPatch, id: str, reading: Reading, *suggests: str) -> tuple[str, ...]:
    install(monkeypatch, rule(id, 9, reading, suggests=suggests))
    (advice,) = look().advice
    return advice.notes


def test_only_classes_of_the_decision_model_are_named() -> None:
    assert NOT_BY_COPIES <= CLASSES


@pytest.mark.parametrize("id", sorted(NOT_BY_COPIES))
def test_what_copies_never_end_says_so_with_its_figure(monkeypatch: pytest.MonkeyPatch, id: str) -> None:
    (note,) = notes(monkeypatch, id, reads(OVER, 0.8, figure("share_of_calls", 0.82, 0.6)))
    assert note == "More copies will not help. Share of calls: 82% (limit: at least 60%)."


@pytest.mark.parametrize("hot", [HOT, SICK])
def test_uneven_load_says_so_beside_another_way_to_share_it_out(monkeypatch: pytest.MonkeyPatch, hot: Load) -> None:
    install(monkeypatch, rule("uneven-load", 4, reads(OVER, 0.8, figure("ratio", 1.8, 1.3)), suggests=("rebalance",)))
    (advice,) = look(snapshot(hot, COOL, COOL)).advice
    assert [option.id for option in advice.options] == ["rebalance"]
    assert advice.notes == ("More copies will not help. Ratio: 1.8 (limit: at least 1.3).",)


def test_why_there_is_nothing_to_share_out_is_not_why_copies_do_not_help(monkeypatch: pytest.MonkeyPatch) -> None:
    assert notes(monkeypatch, "disk-filling", reads(OVER), "rebalance", "read-replica") == ()


def test_a_stand_in_for_a_lone_process_is_a_copy_that_helps(monkeypatch: pytest.MonkeyPatch) -> None:
    assert notes(monkeypatch, "dropped-at-deploy", reads(OVER), "cluster") == ()


def test_other_trouble_takes_the_number_that_turned_the_copies_down(monkeypatch: pytest.MonkeyPatch) -> None:
    (note,) = notes(monkeypatch, "memory-pressure", reads(OVER), "cluster")
    assert note.startswith("More copies will not help: Another copy takes the memory that is short (")
    assert any(character.isdigit() for character in note)


def test_a_reason_that_speaks_of_copies_itself_stands_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    bare = Reading(OVER, claim="Wrong.", confidence=0.9)
    (note,) = notes(monkeypatch, "memory-leak", bare, "cluster")
    assert note == "More copies leak as well, each from its own start (1 process)."


def test_where_copies_were_not_considered_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    assert notes(monkeypatch, "disk-filling", reads(OVER), "vertical") == ()


def test_where_copies_help_nothing_is_said() -> None:
    full = snapshot(Load(elu=0.9, cpu=0.87, rps=170, latency=0.0055), machine=Machine(cores=4, cpu=0.3))
    (advice,) = judge(full, {}).advice
    assert advice.options[0].id == "cluster"
    assert advice.notes == ()


def test_what_is_held_back_stands_beside_the_finding_it_follows_from(monkeypatch: pytest.MonkeyPatch) -> None:
    later = rule("loop", 7, reads(OVER, 0.6), ["gc"])
    install(monkeypatch, rule("gc", 6, reads(OVER), suggests=("vertical",)), later)
    (advice,) = look().advice
    assert advice.notes == ("Held back until this is settled: loop.",)


@pytest.mark.parametrize("more", [{"hold": 600.0}, {"explained_by": []}])
def test_what_only_forms_or_stands_by_itself_is_not_named(
    monkeypatch: pytest.MonkeyPatch, more: dict[str, Any]
) -> None:
    later = rule("loop", 7, reads(OVER, 0.6), **({"explained_by": ["gc"]} | more))
    install(monkeypatch, rule("gc", 6, reads(OVER), suggests=("vertical",)), later)
    assert look().advice[0].notes == ()


def test_also_what_is_not_due_and_what_follows_from_that(monkeypatch: pytest.MonkeyPatch) -> None:
    slow = rule("loop", 7, reads(OVER, 0.6), ["gc"], recall=RECALL)
    last = rule("pool", 8, reads(OVER, 0.6), ["loop"])
    install(monkeypatch, rule("gc", 6, reads(OVER), suggests=("vertical",)), slow, last)
    (advice,) = look(loop=Verdict.FIRING, pool=Verdict.FIRING).advice
    assert advice.notes == ("Held back until this is settled: loop, pool.",)
