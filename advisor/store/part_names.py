"""Which names of parts are kept: so many of a kind for each process or host, the rest is summed as one.

A sender chooses the names: a route for each customer would be a series for each customer. Which names are kept is
written down, so restarts and several ingest processes agree. A name that was silent for `caps.SILENT` gives its place
to another. Two processes that meet new names at the same moment may both give away the last place.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.db import connection, transaction

from advisor.fleet import caps
from advisor.fleet.memory import Memory
from advisor.fleet.text import clean
from advisor.store.series_cap import SERIES
from advisor.store.slices import slices
from advisor.store.tables import MICROSECONDS
from advisor.vocabulary import PartKind

MOST_NAMES: Final = 50
"""Of one kind and process or host. Charts and rules look at the largest ones, and no page shows more."""

_NOTED_SECONDS: Final = caps.SILENT.total_seconds() / 3
"""How often it is written that a name is in use: seldom beside the samples, and before it would count as silent."""

_REMEMBERED: Final = 20_000
_AT_ONCE: Final = 5_000
"""Names of one statement: SQLite takes 32,766 variables."""

Owner = tuple[int, int]
"""Service and instance, or host and 0."""

Name = tuple[PartKind, str]
Names = dict[tuple[Owner, Name], int]
"""Names to be noted, each with the token that brings it."""


@dataclass(slots=True)
class _Known:
    """The names of an owner and when each was noted last; the kinds that had no room, and when. Unix seconds."""

    noted: dict[Name, float] = field(default_factory=dict)
    full: dict[PartKind, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Use:
    """Some names that a process or host uses now, and the token that tells so."""

    owner: Owner
    token_id: int
    names: Iterable[Name]


class PartNames:
    """One object serves one writer: it remembers which names are kept."""

    def __init__(self) -> None:
        self._known = Memory[Owner, _Known](_REMEMBERED)

    def beyond(self, uses: Iterable[Use], now: datetime) -> set[tuple[Owner, Name]]:
        """The names that are not kept; what is kept of the new ones is noted inside the caller's transaction."""
        refused, strange, due = set[tuple[Owner, Name]](), Names(), Names()
        moment = now.timestamp()
        recent, silent = moment - _NOTED_SECONDS, moment - caps.SILENT.total_seconds()
        for use in uses:
            known = self._of(use.owner)
            for name in use.names:
                noted = known.noted.get(name, 0.0)
                if noted >= recent:
                    continue
                if noted < silent and moment - known.full.get(name[0], 0.0) < caps.RECOUNT.total_seconds():
                    refused.add((use.owner, name))
                else:
                    (strange if noted < silent else due)[use.owner, name] = use.token_id
        if strange:
            kept = self._admitted(strange, now)
            due |= kept
            refused |= strange.keys() - kept.keys()
        if due:
            _note(due, now)
            transaction.on_commit(lambda: self._keep(due, moment))
        return refused

    def _admitted(self, strange: Names, now: datetime) -> Names:
        """Those names that have a place, among all that this process does not know; some have one already."""
        held, kept, new = _held({owner for owner, _ in strange}, now), Names(), Names()
        for (owner, name), token_id in strange.items():
            places, short = held[owner, name[0]], clean(name[1], 255)
            if short in places:
                kept[owner, name] = token_id
            elif len(places) < MOST_NAMES:
                places.add(short)
                new[owner, name] = token_id
        room = SERIES.admit(Counter(new.values()), now)
        for key, token_id in new.items():
            if room[token_id]:
                room[token_id] -= 1
                kept[key] = token_id
        for owner, name in strange.keys() - kept.keys():
            self._of(owner).full[name[0]] = now.timestamp()
        return kept

    def _keep(self, due: Names, moment: float) -> None:
        for owner, name in due:
            known = self._of(owner)
            if name not in known.noted:  # those that are silent make room here too
                since = moment - caps.SILENT.total_seconds()
                known.noted = {one: at for one, at in known.noted.items() if at >= since}
            known.noted[name] = moment

    def _of(self, owner: Owner) -> _Known:
        known = self._known.find(owner)
        if known is None:
            known = self._known[owner] = _Known()
        return known


def _held(owners: set[Owner], now: datetime) -> Mapping[tuple[Owner, PartKind], set[str]]:
    """The names that have a place, by owner and kind."""
    found = defaultdict[tuple[Owner, PartKind], set[str]](set)
    since = round((now - caps.SILENT).timestamp() * MICROSECONDS)
    for some in slices(sorted(owners), _AT_ONCE):
        places = ", ".join(["(%s, %s)"] * len(some))
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT owner_id, instance_id, kind, name FROM store_partname "  # noqa: S608  # places alone
                f"WHERE (owner_id, instance_id) IN (SELECT * FROM (VALUES {places}) AS wanted) AND seen_at >= %s",
                [*(number for owner in some for number in owner), since],
            )
            for owner_id, instance_id, kind, name in cursor.fetchall():
                found[(owner_id, instance_id), PartKind(kind)].add(name)
    return found


def _note(names: Names, now: datetime) -> None:
    """Write that these names are in use, in one order, so that two transactions never wait for each other."""
    seen_at = round(now.timestamp() * MICROSECONDS)
    rows = {(*owner, kind.value, clean(name, 255)): token_id for (owner, (kind, name)), token_id in names.items()}
    for some in slices(sorted(rows.items()), _AT_ONCE):
        places = ", ".join(["(%s, %s, %s, %s, %s, %s)"] * len(some))
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO store_partname AS kept (owner_id, instance_id, kind, name, token_id, seen_at) "  # noqa: S608  # places alone
                f"VALUES {places} ON CONFLICT (owner_id, instance_id, kind, name) DO UPDATE SET seen_at = "
                "CASE WHEN kept.seen_at > excluded.seen_at THEN kept.seen_at ELSE excluded.seen_at END",
                [value for key, token_id in some for value in (*key, token_id, seen_at)],
            )
