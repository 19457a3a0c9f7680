"""What the store held of a case that was played, kept so that a changed rule can be judged on it within seconds.

Not part of the tree: `.lab/windows` holds arrays as this commit reads them, and is made anew whenever a case is played.
"""

from __future__ import annotations

import gzip
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.lab import discovery, machine
from tests.lab.case import Case
from tests.lab.kept import fingerprint
from tests.lab.product import EVALUATE

WINDOWS = discovery.LAB.parents[1] / ".lab" / "windows"


class Warned(NamedTuple):
    """What a look said for the first time: how many model seconds after the onset, and the first way out."""

    rule: str
    severity: str
    after: float
    first: str


def path(folder: str, name: str, case: Case, scale: float) -> Path:
    """Where the window of a case is kept, as it is now."""
    return machine.folder(WINDOWS) / f"{folder}-at-{scale:g}-{name}-{fingerprint(folder, case)}.pickle.gz"


def keep(service: str, start: float, end: float, scale: float, where: Path) -> None:
    """Write all that the store knows of a service between two moments (Unix seconds); nothing if it never reported."""
    from advisor.engine import spans  # Django is ready only once the product runs
    from advisor.fleet.models import Service
    from advisor.store import samples

    found = Service.objects.filter(name=service).first()
    if found is None:
        return
    window = samples.windows([found.pk], start, end, end - spans.lives_seconds(scale))[found.pk]
    with gzip.open(where, "wb") as file:
        pickle.dump(window, file)


def judged(where: Path, case: Case, scale: float) -> Iterator[Warned]:
    """What the rules say of it now, each finding once, as soon as it fires and nothing holds it back."""
    from advisor.engine.replay import Replay
    from advisor.vocabulary import Verdict

    with gzip.open(where, "rb") as file:
        window = pickle.load(file)
    told: set[str] = set()
    for judgement in Replay(window, EVALUATE / scale, scale):
        firsts = {advice.ruling.rule: [option.id for option in advice.options[:1]] for advice in judgement.advice}
        for ruling in judgement.rulings:
            if ruling.verdict is Verdict.FIRING and not ruling.held_back_by and ruling.rule not in told:
                told.add(ruling.rule)
                after = (judgement.at - window.start) * scale - case.onset
                yield Warned(ruling.rule, ruling.reading.severity.value, after, "".join(firsts.get(ruling.rule, [])))
