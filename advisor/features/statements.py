"""The statements that a datastore spends its time in, as its agent tells of them."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Final

from advisor.features import stats
from advisor.features.connections import key_of
from advisor.features.snapshot import Snapshot
from advisor.vocabulary import PartKind

CUT: Final = 120
"""Characters at which the agent cuts the text of a statement."""

_PLANNED: Final = ("select", "insert", "update", "delete", "with")
_UNSAFE: Final = re.compile(r"[^ -~]|[?;\\]|--|/\*")
"""What must not go into a script: no value is known for `?`, and the rest could end the statement or command psql."""

_PLACE: Final = re.compile(r"\$(\d+)")


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a datastore, over all who run it. What is not known is NaN.

    Attributes:
        store: the datastore and its database: system, address, port and name.
        text: its text without values, cut at 120 characters.
        calls: times that it ran for one request of the service.
        mean: seconds that it ran, each time.
        share: of the time of all statements that are told of, 0 to 1.
    """

    store: str
    text: str
    calls: float
    mean: float
    share: float

    @property
    def is_whole(self) -> bool:
        """True if the text is complete and safe to put into a script for psql."""
        # The cut may have fallen on a space, which the agent then takes off.
        short = len(self.text) < CUT - 1
        return short and self.text.lower().startswith(_PLANNED) and not _UNSAFE.search(self.text)

    @property
    def places(self) -> int:
        """The number of values that it takes: the highest of $1, $2 and so on."""
        return max((int(place) for place in _PLACE.findall(self.text)), default=0)


def statements(snapshot: Snapshot, place: str, seconds: float) -> tuple[Statement, ...]:
    """The statements of the server that a pool, a call or a datastore of this name leads to, most time first."""
    figures: dict[tuple[str, str], tuple[float, float]] = {}
    for machine in snapshot.machines:
        span = machine.span(seconds)
        stores = {part.name for part in machine.host.of_kind(PartKind.DATASTORE)}
        for part in machine.host.of_kind(PartKind.STATEMENT):
            store = _store_of(part.name, stores)
            rates = (stats.rate(part.track, "count", span), stats.rate(part.track, "duration", span))
            # Two agents may tell of the same server: what one of them says is enough.
            if store and key_of(store) == key_of(place) and rates[0] > 0 and rates[1] > 0:
                figures.setdefault((store, part.name.removeprefix(store).strip()), rates)
    whole, requests = sum(time for _, time in figures.values()), snapshot.rps(seconds)
    found = [
        Statement(store, text, _over(count, requests), time / count, time / whole)
        for (store, text), (count, time) in figures.items()
    ]
    return tuple(sorted(found, key=lambda one: (-one.share, one.text)))


def _store_of(name: str, stores: set[str]) -> str:
    """The datastore that the name of a statement begins with; empty where none does."""
    return max((store for store in stores if name.startswith(f"{store} ")), key=len, default="")


def _over(part: float, whole: float) -> float:
    return part / whole if whole > 0 else math.nan
