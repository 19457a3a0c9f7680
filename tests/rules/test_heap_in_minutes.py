"""memory-pressure by a heap that fills within minutes, and what fills a part of it or only once more."""

from __future__ import annotations

import numpy as np
import pytest

from advisor.engine.replay import Replay
from advisor.features import Snapshot
from advisor.features.window import Array
from advisor.vocabulary import Verdict
from tests.additions import with_probe_figures
from tests.builders import NOW, YOUNG, Load, Senders, service

LIMIT = 1e9
ONSET = 900.0
SEEDS = (1, 2, 3)


def minutes(seen: Snapshot) -> Array:
    """Of the rows of its process, since the onset."""
    return ((seen.window.instances[0].track.times - NOW) * seen.time_scale + ONSET) / 60


def serving(scale: float = 1.0, seed: int = 1, seconds: float = 1200.0, load: Load | None = None) -> Snapshot:
    """A process that began five minutes before the onset, or earlier."""
    senders = Senders(interval=10 / scale)
    age = load or Load(age=seconds / scale)
    return Snapshot(service(age, seconds=seconds / scale, senders=senders, seed=seed), NOW, scale)


def keeps(seen: Snapshot, kept: Array, seed: int = 1) -> Snapshot:
    """The same with this share of its heap left by collections, and noise in it."""
    noisy = kept * (1 + np.random.default_rng(seed).normal(0, 0.01, kept.size)) * LIMIT
    return with_probe_figures(seen, heap_floor=noisy, heap_used=noisy + 2e7, heap_limit=YOUNG + LIMIT)


def rises(seen: Snapshot, first: float, last: float, over: float) -> Array:
    """From one share to the other in so many minutes."""
    return np.asarray(first + (last - first) * np.clip(minutes(seen) / over, 0, 1))


def fired(seen: Snapshot) -> list[tuple[float, str]]:
    """Minutes after the onset, and what was claimed."""
    scale = seen.time_scale
    looks = Replay(seen.window, 30 / scale, scale)
    found = ((look.at, ruling) for look in looks for ruling in look.rulings if ruling.rule == "memory-pressure")
    return [
        ((at - NOW) * scale / 60 + ONSET / 60, ruling.reading.claim)
        for at, ruling in found
        if ruling.verdict is Verdict.FIRING
    ]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("scale", [1.0, 5.0])
@pytest.mark.parametrize("last", [0.98, 0.85])
def test_it_is_told_before_it_is_full(last: float, scale: float, seed: int) -> None:
    seen = serving(scale, seed)
    at, claim = fired(keeps(seen, rises(seen, 0.2, last, 15), seed))[0]
    assert at < 14
    assert "grows by" in claim


@pytest.mark.parametrize(("first", "last", "over"), [
    (0.2, 0.65, 10),  # it stays in the lower part of it
    (0.2, 0.8, 5),  # what was loaded at once does not grow any more
    (0.6, 0.75, 15),  # nearly half an hour is left, more than was seen
])  # fmt: skip
@pytest.mark.parametrize("seed", SEEDS)
def test_stays_silent_for_what_fills_a_part_of_it(first: float, last: float, over: float, seed: int) -> None:
    seen = serving(seed=seed)
    assert fired(keeps(seen, rises(seen, first, last, over), seed)) == []


def test_stays_silent_while_a_process_loads_what_it_serves_from() -> None:
    seen = serving(seconds=960.0)
    assert fired(keeps(seen, np.asarray(0.1 + 0.7 * np.clip((minutes(seen) + 1) / 12, 0, 1)))) == []


def test_stays_silent_for_work_that_filled_it_as_much_an_hour_ago() -> None:
    seen = serving(seconds=6000.0)
    since = minutes(seen) % 45
    found = fired(keeps(seen, np.where(minutes(seen) < -50, 0.2, 0.2 + 0.6 * since / 15 * (since < 15))))
    assert found[0][0] < 0
    assert [one for one in found if one[0] >= 0] == []


def test_stays_silent_for_a_heap_that_follows_the_load() -> None:
    seen = serving()
    asked = np.where(minutes(seen) > 0, 600.0 * (1 + minutes(seen)), 600.0)
    more = with_probe_figures(seen, requests=asked)
    assert fired(keeps(more, rises(seen, 0.2, 0.75, 15))) == []
