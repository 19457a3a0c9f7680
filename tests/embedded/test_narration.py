"""supervisord's log becomes sentences; what needs nobody stays unsaid."""

from __future__ import annotations

from pathlib import Path

import pytest

from advisor.embedded.narration import REPEAT_SECONDS, Narrator, last_line

KILLED = "2026-11-23 06:17:29,005 WARN exited: web (terminated by SIGKILL; not expected)"


def test_an_end_is_told_with_its_log(tmp_path: Path) -> None:
    told = Narrator(tmp_path).tell(KILLED, now=0.0)
    assert told == f"web ended (terminated by SIGKILL) and is started again; see {tmp_path}/web.log"


def test_the_same_process_is_not_mentioned_all_the_time(tmp_path: Path) -> None:
    narrator = Narrator(tmp_path)
    told = [bool(narrator.tell(KILLED, now)) for now in (0.0, REPEAT_SECONDS - 1, REPEAT_SECONDS)]
    assert told == [True, False, True]
    assert narrator.tell(KILLED.replace("web", "beat"), REPEAT_SECONDS), "another process is"


def test_giving_up_shows_the_last_words(tmp_path: Path) -> None:
    (tmp_path / "web.log").write_text("first\nValueError: no\n\n")
    told = Narrator(tmp_path).tell("INFO gave up: web entered FATAL state, too many start retries too quickly", 0.0)
    assert told == f"web does not stay up and is not started again: ValueError: no (in {tmp_path}/web.log)"


def test_a_command_that_is_missing_is_told(tmp_path: Path) -> None:
    told = Narrator(tmp_path).tell("ERROR spawnerr: can't find command '/nowhere/node'", 0.0)
    assert told == "A process cannot be started: can't find command '/nowhere/node'"


@pytest.mark.parametrize(
    "line",
    [
        "INFO spawned: 'web' with pid 17",
        "INFO success: web entered RUNNING state, process has stayed up for > than 2 seconds (startsecs)",
        "INFO waiting for web to die",
        "",
    ],
)
def test_the_rest_is_silence(tmp_path: Path, line: str) -> None:
    assert Narrator(tmp_path).tell(line, 0.0) is None


def test_a_process_that_wrote_nothing_is_said_so(tmp_path: Path) -> None:
    assert last_line(tmp_path / "web.log") == f"it wrote nothing to {tmp_path}/web.log"
