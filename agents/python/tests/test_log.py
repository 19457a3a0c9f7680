from __future__ import annotations

import os
import sys

import pytest

from advisor_agent.log import Log


def test_a_matter_is_told_once_until_it_is_settled(capsys):
    log = Log()
    log.once("disk", "No room.")
    log.once("disk", "No room.")
    log.settle("disk", "Room again.")
    log.once("disk", "No room.")
    said = capsys.readouterr().err
    assert said == "advisor-agent: No room.\nadvisor-agent: Room again.\nadvisor-agent: No room.\n"


def test_a_full_disk_under_standard_error_ends_nothing(monkeypatch):
    with open("/dev/full", "w") as full:
        monkeypatch.setattr(sys, "stderr", full)
        Log().say("No room.")
        with pytest.raises(OSError, match="No space left"):
            full.flush()  # it was tried
        monkeypatch.undo()
        os.dup2(os.open(os.devnull, os.O_WRONLY), full.fileno())  # what is left in the buffer may go


def test_settling_what_was_never_told_says_nothing(capsys):
    Log().settle("disk", "Room again.")
    assert capsys.readouterr().err == ""
