"""order: causes own the advice, what follows from them is held back in the open, and nothing is hidden."""

from __future__ import annotations

from dataclasses import replace

import pytest

from advisor.diagnosis import Condition, Evidence, Judgement, Reading, Rule
from advisor.engine import order
from advisor.engine.registry import RULES
from advisor.vocabulary import Verdict
from tests.additions import with_figures
from tests.builders import YOUNG, Load, Machine, snapshot
from tests.engine.invented import RECALL, figure, install, look, of, reads, rule

OVER, BETWEEN, UNDER, UNKNOWN = Condition.OVER, Condition.BETWEEN, Condition.UNDER, Condition.UNKNOWN

FULL = snapshot(Load(elu=0.885, cpu=0.85, rps=175, latency=0.0055), machine=Machine(cores=8, cpu=0.15))

CLASSES = {
    "event-loop-saturated", "event-loop-blocked", "host-cpu-saturated", "thread-pool-saturated", "memory-pressure",
    "memory-leak", "gc-pressure", "downstream-bound", "descriptor-exhaustion", "descriptor-leak", "websocket-capacity",
    "uneven-load", "disk-filling", "datastore-write-bound", "datastore-read-bound", "crash-loop", "dropped-at-deploy",
    "overprovisioned",
}  # fmt: skip


def advised(judgement: Judgement) -> list[str]:
    return [advice.ruling.rule for advice in judgement.advice]


def test_only_classes_of_the_decision_model_are_named() -> None:
    named = {*order.OVERRULES, *order.VITAL, order.SPARE, *(n for _, names in order.OVERRULES.values() for n in names)}
    assert named <= CLASSES


@pytest.mark.parametrize("store", ["datastore-write-bound", "datastore-read-bound"])
def test_a_datastore_at_its_limit_comes_before_the_calls_that_wait_for_it(store: str) -> None:
    assert [name for name in RULES if name in (store, "downstream-bound")] == [store, "downstream-bound"]


class TestCauses:
    def test_what_a_cause_explains_is_held_back_with_a_reason(self, monkeypatch: pytest.MonkeyPatch) -> None:
        install(monkeypatch, rule("gc", 6, reads(OVER)), rule("loop", 7, reads(OVER), ["gc"]))
        judgement = look()
        assert advised(judgement) == ["gc"]
        loop = of(judgement, "loop")
        assert (loop.verdict, loop.held_back_by) == (Verdict.FIRING, "gc")
        assert loop.reading.condition is OVER
        assert loop.note.startswith("Held back: it follows from another finding that comes first, gc.")
        assert loop.note.endswith("3 of 4 things are wrong.")

    def test_a_cause_holds_back_from_the_moment_it_forms(self, monkeypatch: pytest.MonkeyPatch) -> None:
        install(monkeypatch, rule("gc", 6, reads(OVER), hold=600.0), rule("loop", 7, reads(OVER), ["gc"]))
        judgement = look()
        assert of(judgement, "gc").verdict is Verdict.PENDING
        assert of(judgement, "loop").held_back_by == "gc"

    @pytest.mark.parametrize("cause", [reads(UNDER, 0.0), reads(BETWEEN, 0.0), reads(UNKNOWN, 0.0), reads(OVER, 0.4)])
    def test_a_cause_that_does_not_stand_holds_nothing_back(
        self, monkeypatch: pytest.MonkeyPatch, cause: Reading
    ) -> None:
        install(monkeypatch, rule("gc", 6, cause), rule("loop", 7, reads(OVER, 0.9), ["gc"]))
        assert advised(look()) == ["loop"]

    @pytest.mark.parametrize("cause", [Verdict.PENDING, Verdict.FIRING])
    def test_what_is_apart_from_a_cause_by_its_own_figures_is_not_held_back(
        self, monkeypatch: pytest.MonkeyPatch, cause: Verdict
    ) -> None:
        apart = replace(reads(OVER, 0.7), apart_from=("gc",))
        install(
            monkeypatch, rule("gc", 6, reads(OVER)), rule("loop", 7, apart, ["gc"]), rule("pool", 8, apart, ["loop"])
        )
        judgement = look(gc=cause, loop=Verdict.FIRING)
        assert advised(judgement) == ["gc", "loop"]
        assert of(judgement, "loop").reading.confidence == 0.7
        assert of(judgement, "pool").held_back_by == "loop"

    def test_others_are_not_held_back(self, monkeypatch: pytest.MonkeyPatch) -> None:
        install(monkeypatch, rule("disk", 2, reads(OVER)), rule("loop", 7, reads(OVER), ["gc"]))
        assert advised(look()) == ["disk", "loop"]

    def test_a_later_rule_is_no_cause(self, monkeypatch: pytest.MonkeyPatch) -> None:
        install(monkeypatch, rule("memory", 2, reads(OVER), ["leak"]), rule("leak", 11, reads(OVER)))
        assert advised(look()) == ["memory", "leak"]

    def test_what_was_not_looked_at_still_counts(self, monkeypatch: pytest.MonkeyPatch) -> None:
        slow = rule("gc", 6, reads(OVER), recall=RECALL)
        install(monkeypatch, slow, rule("loop", 7, reads(OVER), ["gc"]))
        assert advised(look(gc=Verdict.FIRING)) == []
        assert advised(look(gc=Verdict.CLEAR)) == ["loop"]
        assert of(look(gc=Verdict.PENDING), "loop").note.endswith("gc.")

    def test_advice_comes_when_the_cause_is_gone(self, monkeypatch: pytest.MonkeyPatch) -> None:
        install(monkeypatch, rule("gc", 6, reads(UNDER, 0.0)), rule("loop", 7, reads(OVER), ["gc"]))
        assert advised(look(loop=Verdict.FIRING, gc=Verdict.FIRING)) == ["loop"]


class TestContest:
    def test_a_later_explanation_that_is_surer_silences(self, monkeypatch: pytest.MonkeyPatch) -> None:
        install(monkeypatch, rule("a", 7, reads(OVER, 0.6), ["b"]), rule("b", 9, reads(OVER, 0.9)))
        judgement = look()
        assert advised(judgement) == ["b"]
        assert of(judgement, "a").reading.condition is BETWEEN

    def test_urgent_trouble_is_not_silenced_by_a_less_sure_reason(self, monkeypatch: pytest.MonkeyPatch) -> None:
        install(monkeypatch, rule("memory", 2, reads(OVER, 0.9), ["leak"]), rule("leak", 11, reads(OVER, 0.6)))
        assert of(look(), "memory").reading.confidence == 0.9

    def test_what_is_not_over_yet_takes_a_part(self, monkeypatch: pytest.MonkeyPatch) -> None:
        install(monkeypatch, rule("a", 5, reads(BETWEEN, 0.5)), rule("b", 7, reads(OVER, 0.9), ["a"]))
        assert of(look(), "b").reading.confidence == pytest.approx(0.9 * 0.65)

    def test_two_that_name_each_other_do_not_silence_each_other(self, monkeypatch: pytest.MonkeyPatch) -> None:
        install(monkeypatch, rule("a", 7, reads(OVER), ["b"]), rule("b", 9, reads(OVER), ["a"]))
        assert advised(look()) == ["a"]

    def test_close_explanations_both_stay_and_say_what_separates_them(self, monkeypatch: pytest.MonkeyPatch) -> None:
        memory = reads(OVER, 0.8, figure("memory", 0.9, 0.85))
        leak = reads(OVER, 0.7, figure("memory", 0.9, 0.85), figure("growth", 0.2, 0.08))
        install(monkeypatch, rule("pressure", 2, memory, ["leak"]), rule("leak", 11, leak))
        judgement = look()
        assert advised(judgement) == ["pressure", "leak"]
        (note,) = (note for note in judgement.advice[0].notes if "nearly as well" in note)
        assert "confidence 70% beside 80%" in note
        assert note.endswith("What separates them is growth: 20% (limit: at least 8%), which speaks for leak.")

    def test_explanations_far_apart_are_not_compared(self, monkeypatch: pytest.MonkeyPatch) -> None:
        install(monkeypatch, rule("pressure", 2, reads(OVER, 0.9), ["leak"]), rule("leak", 11, reads(OVER, 0.6)))
        assert not any("nearly as well" in note for advice in look().advice for note in advice.notes)


class TestOverruled:
    @pytest.mark.parametrize("name", sorted(order.OVERRULES["crash-loop"][1]))
    def test_a_crash_loop_keeps_c1_to_c7_back(self, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
        install(monkeypatch, rule("crash-loop", 1, reads(OVER)), rule(name, 7, reads(OVER)))
        judgement = look()
        assert advised(judgement) == ["crash-loop"]
        assert "keep ending" in of(judgement, name).note

    @pytest.mark.parametrize("name", ["descriptor-exhaustion", "disk-filling", "uneven-load", "dropped-at-deploy"])
    def test_it_keeps_nothing_else_back(self, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
        install(monkeypatch, rule("crash-loop", 1, reads(OVER)), rule(name, 7, reads(OVER)))
        assert advised(look()) == ["crash-loop", name]

    def test_uneven_load_makes_means_say_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        others = [rule(name, 7, reads(OVER)) for name in ("event-loop-saturated", "event-loop-blocked")]
        install(monkeypatch, rule("uneven-load", 4, reads(OVER)), *others)
        judgement = look()
        assert advised(judgement) == ["uneven-load", "event-loop-blocked"]
        assert "means over all processes" in of(judgement, "event-loop-saturated").note


class TestForbidden:
    """What another finding forbids is turned down, with the finding; only one that fires is sure enough for that."""

    def ways(self, monkeypatch: pytest.MonkeyPatch, beside: Rule, **states: Verdict) -> tuple[list[str], list[str]]:
        """What is offered to a full loop, and why the rest is not."""
        loop = rule("event-loop-saturated", 7, reads(OVER), suggests=("cluster", "load-balance"))
        install(monkeypatch, loop, beside)
        advice = next(a for a in look(FULL, **states).advice if a.ruling.rule == "event-loop-saturated")
        return [option.id for option in advice.options], [no.reason for no in advice.rejected]

    def test_no_copies_for_a_loop_beside_a_datastore_that_is_full(self, monkeypatch: pytest.MonkeyPatch) -> None:
        offered, reasons = self.ways(monkeypatch, rule("datastore-write-bound", 10, reads(OVER)))
        assert offered == []
        assert reasons == [(
            "Not while this stands, since 2023-11-14 22:13 UTC: datastore write bound; each copy adds its "
            "connections to a datastore that is the limit."
        )] * 2  # fmt: skip

    def test_machines_and_no_workers_beside_a_leak_seen_an_hour_ago(self, monkeypatch: pytest.MonkeyPatch) -> None:
        leak = rule("memory-leak", 11, reads(OVER), recall=RECALL)
        offered, reasons = self.ways(monkeypatch, leak, memory_leak=Verdict.FIRING)
        assert offered == ["load-balance"]
        assert reasons == ["Not while this stands, since 2023-11-14 22:12 UTC: memory leak; more copies leak as well, "
                           "each from its own start."]  # fmt: skip

    @pytest.mark.parametrize("verdict", [Verdict.PENDING, Verdict.CLEAR, Verdict.UNKNOWN])
    def test_a_leak_that_does_not_fire_forbids_nothing(self, monkeypatch: pytest.MonkeyPatch, verdict: Verdict) -> None:
        leak = rule("memory-leak", 11, reads(OVER), recall=RECALL)
        assert self.ways(monkeypatch, leak, memory_leak=verdict) == (["cluster", "load-balance"], [])

    @pytest.mark.parametrize("beside", [
        rule("datastore-write-bound", 10, reads(OVER), hold=600.0),
        rule("datastore-write-bound", 10, reads(UNDER, 0.0)),
        rule("datastore-write-bound", 10, reads(OVER), explained_by=["event-loop-saturated"]),
        rule("gc-pressure", 6, reads(OVER)),
    ], ids=["forms", "is over", "is held back", "forbids nothing"])  # fmt: skip
    def test_what_does_not_stand_by_itself_forbids_nothing(self, monkeypatch: pytest.MonkeyPatch, beside: Rule) -> None:
        assert self.ways(monkeypatch, beside) == (["cluster", "load-balance"], [])

    def test_what_nobody_can_say_any_more_forbids_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        blind = rule("datastore-write-bound", 10, reads(UNKNOWN))
        offered, _ = self.ways(monkeypatch, blind, datastore_write_bound=Verdict.FIRING)
        assert offered == ["cluster", "load-balance"]

    def test_no_room_for_what_a_leak_fills(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The last two hours prove no growth, so the heap's own finding would give it more."""
        pressure = rule("memory-pressure", 2, reads(OVER), suggests=("tune-heap",))
        full = with_figures(snapshot(Load(rss=5e8)), heap_floor=4.5e8, heap_limit=YOUNG + 5e8)
        install(monkeypatch, pressure, rule("memory-leak", 11, reads(OVER), recall=RECALL))
        for verdict, offered in ((Verdict.CLEAR, ["tune-heap"]), (Verdict.FIRING, [])):
            (advice,) = look(full, memory_leak=verdict).advice
            assert [option.id for option in advice.options] == offered

    def test_no_descriptors_for_sockets_beside_a_leak_of_them(self, monkeypatch: pytest.MonkeyPatch) -> None:
        few = Evidence("capacity_descriptors", "WebSockets by its descriptors", 800.0, "{connection}")
        sockets = rule("websocket-capacity", 8, reads(OVER, 0.9, few), suggests=("raise-limit",))
        full = with_figures(snapshot(Load()), fd_open=870.0, fd_limit=1024.0, connections=800.0)
        install(monkeypatch, sockets, rule("descriptor-leak", 11, reads(OVER), recall=RECALL))
        for verdict, offered in ((Verdict.CLEAR, ["raise-limit"]), (Verdict.FIRING, [])):
            (advice,) = look(full, descriptor_leak=verdict).advice
            assert [option.id for option in advice.options] == offered


class TestShrinking:
    @pytest.mark.parametrize("hold", [0.0, 600.0])
    def test_never_while_another_finding_stands(self, monkeypatch: pytest.MonkeyPatch, hold: float) -> None:
        install(monkeypatch, rule("disk", 2, reads(OVER), hold=hold), rule(order.SPARE, 12, reads(OVER)))
        judgement = look()
        assert advised(judgement) == ["disk"]
        assert of(judgement, order.SPARE).note.startswith("No advice to shrink while another finding stands: disk.")

    @pytest.mark.parametrize("name", sorted(order.VITAL))
    def test_never_while_a_vital_rule_cannot_speak(self, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
        install(monkeypatch, rule(name, 5, reads(UNKNOWN)), rule(order.SPARE, 12, reads(OVER)))
        judgement = look()
        assert advised(judgement) == []
        assert "nobody can say" in of(judgement, order.SPARE).note

    def test_a_rule_that_never_can_speak_here_does_not_matter(self, monkeypatch: pytest.MonkeyPatch) -> None:
        install(monkeypatch, rule("websocket-capacity", 8, reads(UNKNOWN)), rule(order.SPARE, 12, reads(OVER)))
        assert advised(look()) == [order.SPARE]

    def test_never_while_what_was_not_looked_at_stands(self, monkeypatch: pytest.MonkeyPatch) -> None:
        install(monkeypatch, rule("leak", 11, reads(OVER), recall=RECALL), rule(order.SPARE, 12, reads(OVER)))
        assert advised(look(leak=Verdict.PENDING)) == []
        assert advised(look(leak=Verdict.CLEAR)) == [order.SPARE]
