"""The judge itself: an agent that breaks a promise on purpose must be found out."""

from __future__ import annotations

import signal

import pytest

from fakes.ledger import NOTHING, Findings, Ledger
from fakes.probes import body_of, probes
from fakes.witnessed import ended


def test_an_agent_that_deletes_before_the_acknowledgement_is_found_out(chaos):
    chaos.sink.choose = lambda: "hang"
    with chaos.life(LEDGER_SABOTAGE="forget_before_the_answer") as agent:
        chaos.sink.wait(lambda: "hang" in chaos.sink.requests)
        assert ended(agent, signal.SIGKILL) == -signal.SIGKILL
    found = chaos.findings()
    assert found.lost
    assert (found.phantom, found.doubled) == (set(), set())


def test_the_same_kill_without_sabotage_is_no_loss(chaos):
    chaos.sink.choose = lambda: "hang"
    with chaos.life() as agent:
        chaos.sink.wait(lambda: "hang" in chaos.sink.requests)
        assert ended(agent, signal.SIGKILL) == -signal.SIGKILL
    assert chaos.findings() == NOTHING


def test_an_agent_that_gives_each_try_a_new_id_is_found_out(chaos):
    chaos.sink.choose = lambda: "lose"
    with chaos.life(LEDGER_SABOTAGE="rename_each_try"):
        chaos.sink.wait(lambda: len(chaos.sink.requests) >= 2)
    assert chaos.findings().doubled


def test_an_agent_that_answers_a_probe_before_it_keeps_the_batch_is_found_out(chaos):
    with chaos.life(LEDGER_SABOTAGE="answer_before_it_is_kept") as agent, probes(chaos.port, chaos.ledger, "early"):
        assert ended(agent) == -signal.SIGKILL
    assert chaos.findings().lost


@pytest.fixture
def ledger():
    """Two batches that were taken, and one that was only offered."""
    made = Ledger()
    for batch_id, number in (("a", 1), ("b", 2), ("c", 3)):
        made.offer(batch_id, body_of("probe", number))
    made.take("a")
    made.take("b")
    return made


@pytest.mark.parametrize(
    ("stored", "found"),
    [
        ([("a", 1), ("b", 2)], NOTHING),
        ([("a", 1), ("b", 2), ("c", 3)], NOTHING),
        ([("b", 2)], Findings({"a"}, set(), set())),
        ([("a", 1), ("b", 2), ("c", 2)], Findings(set(), {"c"}, {"probe 2"})),
        ([("a", 1), ("b", 2), ("d", 4)], Findings(set(), {"d"}, set())),
        ([("a", 2), ("b", 1)], Findings(set(), {"a", "b"}, set())),
    ],
)
def test_what_is_lost_doubled_or_made_up(ledger, stored, found):
    judged = ledger.findings([(batch_id, body_of("probe", number)) for batch_id, number in stored])
    assert (judged.lost, judged.phantom) == (found.lost, found.phantom)
    assert len(judged.doubled) == len(found.doubled)


def test_a_line_that_the_witness_could_not_finish_is_no_promise(ledger, tmp_path):
    journal = tmp_path / "journal"
    journal.write_text("offered d 00\ntaken d\noffered e 11\ntaken e")
    ledger.read(journal)
    assert set(ledger.taken) == {"a", "b", "d"}


def test_an_event_that_is_stored_under_two_ids_is_doubled():
    body = (
        b'{"resourceLogs":[{"resource":{"attributes":[]},"scopeLogs":[{"logRecords":[{"eventName":"a"},'
        b'{"eventName":"b"}]}]}]}'
    )
    assert len(Ledger().findings([("x", body), ("y", body)]).doubled) == 2
    assert Ledger().findings([("x", body)]).doubled == set()
