"""A service that was released some times in the last three days, and what each release cost it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from advisor.features import Happening, InstanceWindow, Life, ServiceWindow, Snapshot
from advisor.vocabulary.events import EXITED
from tests.additions import happened, life, rows, with_events, with_lives, with_recalled
from tests.builders import NOW, Load, snapshot

DAY = 86400.0


def released(
    *lost: float,
    rps: float = 20.0,
    usual: float = 0.0002,
    before: float = 0.0,
    later: float = 0.0,
    elsewhere: float = 0.0,
    seed: int = 1,
    time_scale: float = 1.0,
    newest: float = 3600.0,
    row: float = 0.0,
    gap: float = 20 * 3600,
    work: float | None = None,
    load: Load | None = None,
    **said: Any,
) -> Snapshot:
    """A service with two processes and a deploy each `gap` seconds that lost so many requests, the newest last.

    `before` requests are in flight in the minutes before; `later` is the share that fails for half an hour after each
    deploy, `elsewhere` the share of minutes that lose 40.
    Where `work` is given nobody counts them, and requests take so many seconds of each second in every process.
    `load` is what its processes do now. A row stands for a minute of the decision model, or for `row` seconds.
    """
    draw = np.random.default_rng(seed)
    scale = time_scale
    agos = [(newest + gap * n) for n in reversed(range(len(lost)))]
    track = rows(3 * DAY / scale, row or 60 / scale)
    if row:
        track = replace(track, times=track.times - NOW % row + row)  # the store's rows end on the clock
    requests = draw.poisson(rps * 60, track.times.size).astype(float)
    failed = draw.poisson(requests * usual).astype(float)
    failed[draw.random(failed.size) < elsewhere] += 40
    for ago, count in zip(agos, lost, strict=True):
        place = int(np.searchsorted(track.times, NOW - ago / scale))
        failed[place] += count
        failed[place : place + 30] += later * requests[place : place + 30]
    cut = {"requests_active": np.full(failed.size, before)}
    if work is not None:
        cut = {"request_time": work * track.spans}
    values = {"requests": requests, "request_errors": failed, **cut}
    lives, events = _processes(agos, scale, said or {"exit_code": 0})
    one = [
        InstanceWindow(
            each.instance_id, 1, each.pid, "single", each.started, replace(track, values=cut if n else values)
        )
        for n, each in enumerate(lives)
    ]
    past = ServiceWindow(1, "shop", NOW - 3 * DAY, NOW, tuple(one), ())
    seen = snapshot(load or Load(), load or Load(), time_scale=scale)
    return with_recalled(with_events(with_lives(seen, *lives), *events), "dropped-at-deploy", past)


def _processes(agos: list[float], scale: float, said: dict[str, Any]) -> tuple[list[Life], list[Happening]]:
    """Two processes a version, replaced one after the other."""
    lives: list[Life] = []
    events: list[Happening] = []
    begins = [3 * DAY - 60, *agos]
    ends = [*agos, 0.0]
    for version, (began, ended) in enumerate(zip(begins, ends, strict=True)):
        for place in range(2):
            key, shift = 10 * version + place, 20.0 * place
            stop = max(0.0, ended - shift) / scale
            lives.append(life((began - shift) / scale, stop, key, version=f"1.{version}"))
            if ended:
                events.append(happened(EXITED.name, stop, key, **said))
    return lives, events
