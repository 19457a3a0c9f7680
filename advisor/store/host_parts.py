"""Gives what hosts tell of one kind of part, without a window of any service: a host may have none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from advisor.features.window import PartWindow
from advisor.store.fetch import among, gathered, microseconds, select, track
from advisor.store.tables import PART
from advisor.vocabulary import PartKind


def host_parts(host_ids: Collection[int], kind: PartKind, start: float, end: float) -> dict[int, list[PartWindow]]:
    """Host -> its parts of this kind, by name, between two moments (Unix seconds of the server's clock)."""
    where = among(PART.owner, host_ids) & among("kind", [kind.value]) & microseconds(start, end)
    rows = select(PART.samples, (*PART.series, "at", "span", *PART.payload), where)
    parts = defaultdict(list)
    for (host_id, _, _, name), found in sorted(gathered(rows, len(PART.series)).items()):
        parts[host_id].append(PartWindow(kind, name, track(found, PART.figures)))
    return dict(parts)
