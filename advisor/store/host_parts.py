"""Gives what hosts tell of one kind of part, without a window of any service: a host may have none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from advisor.features.window import PartWindow
from advisor.store.blocks import tracks
from advisor.store.fetch import among, within
from advisor.store.tables import PART
from advisor.vocabulary import PartKind


def host_parts(host_ids: Collection[int], kind: PartKind, start: float, end: float) -> dict[int, list[PartWindow]]:
    """Host -> its parts of this kind, by name, between two moments (Unix seconds of the server's clock)."""
    where = within(PART.owner, host_ids, start, end) & among("kind", [kind.value])
    parts = defaultdict(list)
    for (host_id, _, _, name), found in sorted(tracks(PART, PART.figures, where, has_distributions=True).items()):
        parts[host_id].append(PartWindow(kind, name, found))
    return dict(parts)
