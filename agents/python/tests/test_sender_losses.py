"""What the sender does, and says, where batches cannot be read or are dropped."""

from __future__ import annotations

import time

import pytest

from fakes.sending import Sending


@pytest.fixture
def sending(sink, tmp_path):
    made = Sending(sink.url, tmp_path)
    yield made
    made.sender.close()
    made.selector.close()


def test_a_queue_that_cannot_be_read_now_is_waited_for(sending, monkeypatch):
    sending.add("b-1")
    monkeypatch.setattr(sending.spool, "first", lambda: None)
    sending.sender.work()
    assert 0 < sending.sender.next_wake() - time.monotonic() <= 5
    monkeypatch.undo()
    sending.until_empty()


def test_a_batch_that_was_dropped_on_its_way_and_arrives_is_no_loss(sending, sink, capsys):
    sending.add("b-1")
    sending.sender.work()
    sending.spool._drop(sending.spool.first()[0])
    assert sending.spool.dropped == 1
    sending.until(lambda: sending.spool.dropped == 0)
    assert sink.next().headers["advisor-batch-id"] == "b-1"
    sending.sender.close()
    assert "were lost" not in capsys.readouterr().err


def test_losses_are_told_at_the_latest_when_the_agent_leaves(sending, sink, capsys):
    sink.status = 503
    sending.add("b-1", "b-2")
    for _ in range(2):
        sending.spool._drop(sending.spool.first()[0])
    sending.sender.close()
    sending.sender.close()
    assert capsys.readouterr().err.count("2 batches were lost while they waited") == 1
