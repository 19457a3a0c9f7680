from __future__ import annotations

from advisor_agent.log import Log


def test_a_matter_is_told_once_until_it_is_settled(capsys):
    log = Log()
    log.once("disk", "No room.")
    log.once("disk", "No room.")
    log.settle("disk", "Room again.")
    log.once("disk", "No room.")
    said = capsys.readouterr().err
    assert said == "advisor-agent: No room.\nadvisor-agent: Room again.\nadvisor-agent: No room.\n"


def test_settling_what_was_never_told_says_nothing(capsys):
    Log().settle("disk", "Room again.")
    assert capsys.readouterr().err == ""
