"""`manage.py replay FILE`: what the product would have said of a recording, and when."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from advisor.diagnosis import Judgement, Ruling
from advisor.embedded import recording
from advisor.engine.replay import Replay
from advisor.features.window import ServiceWindow
from advisor.vocabulary import Verdict

_INSIDE = "ADVISOR_REPLAY"
"""Set in the process that has an empty database of its own; yours is never touched."""


class Command(BaseCommand):
    """Judges a recording at full speed in a database of its own."""

    help = "Judge a recording (a line an export of OTLP/JSON, perhaps gzipped) and print each change of a verdict."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file, how often to look, and how to print."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--step", type=float, default=30.0, help="seconds between two looks, of the recording")
        parser.add_argument("--time-scale", type=float, default=1.0, help="of the installation that was recorded")
        parser.add_argument("--json", action="store_true", help="one JSON object a line")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the database, then judge in a process that has no other."""
        if options["step"] <= 0 or options["time_scale"] <= 0:
            raise CommandError("--step and --time-scale must be greater than 0.")
        if not options["file"].is_file():
            raise CommandError(f"There is no file {options['file']}.")
        if _INSIDE in os.environ:
            self._replay(**options)
        else:
            _with_own_database(_arguments(options))

    def _replay(self, *, file: Path, step: float, time_scale: float, **options: Any) -> None:
        try:
            taken = recording.take(file)
        except (recording.Unreadable, OSError) as error:
            raise CommandError(str(error)) from None
        self.stderr.write(f"{taken.exports} exports read; points turned away: {taken.turned_away.total()}.")
        for window in recording.windows(taken, time_scale):
            for change in changes(window, step / time_scale, time_scale):
                self.stdout.write(json.dumps(change) if options["json"] else _text(change))


def changes(window: ServiceWindow, step: float, time_scale: float) -> Iterator[dict[str, Any]]:
    """Each change of a verdict of a service, oldest first, with its first way out where it fires."""
    known: dict[str, Verdict] = {}
    for judgement in Replay(window, step, time_scale):
        for ruling in judgement.rulings:
            if known.get(ruling.rule) is not ruling.verdict:
                known[ruling.rule] = ruling.verdict
                yield _change(window, judgement, ruling)


def _change(window: ServiceWindow, judgement: Judgement, ruling: Ruling) -> dict[str, Any]:
    options = [advice.options for advice in judgement.advice if advice.ruling.rule == ruling.rule]
    return {
        "service": window.name,
        "at": datetime.fromtimestamp(judgement.at, UTC).isoformat(timespec="seconds"),
        "after": round(judgement.at - window.start, 3),
        "rule": ruling.rule,
        "verdict": ruling.verdict.value,
        "claim": ruling.reading.claim or "; ".join(ruling.reading.missing),
        "strategy": options[0][0].id if options and options[0] else None,
    }


def _text(change: dict[str, Any]) -> str:
    first = f" First way out: {change['strategy']}." if change["strategy"] else ""
    return f"{change['at']}  {change['service']}  {change['rule']}  {change['verdict']}: {change['claim']}.{first}"


def _arguments(options: dict[str, Any]) -> list[str]:
    flags = [f"--step={options['step']}", f"--time-scale={options['time_scale']}", *(["--json"] * options["json"])]
    return ["replay", str(options["file"]), *flags]


def _with_own_database(arguments: list[str]) -> None:
    manage = (sys.executable, str(Path(settings.BASE_DIR) / "manage.py"))
    with tempfile.TemporaryDirectory(prefix="replay-") as folder:
        environment = {**os.environ, _INSIDE: "1", "ADVISOR_DATABASE_URL": f"sqlite:///{folder}/replay.sqlite3"}
        subprocess.run((*manage, "migrate", "--verbosity=0"), env=environment, check=True)
        done = subprocess.run((*manage, *arguments), env=environment, check=False)
    if done.returncode:
        raise SystemExit(done.returncode)
