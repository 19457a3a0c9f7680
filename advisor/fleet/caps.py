"""How many of a kind one token may bring: what is over is refused, and other tokens do not notice.

Only those count that were heard of lately. What ended counts no more after `SILENT`, so a fleet that starts anew
with each release never fills its caps for good.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from enum import StrEnum

from django.conf import settings
from django.db import models

from advisor.fleet.models import Host, Instance, Service

SILENT = timedelta(hours=1)
"""What was not heard of for so long counts no more. Short, because a process that ends every few seconds and starts
again is an ordinary failure, and each of its lives is an instance of its own."""

RECOUNT = timedelta(seconds=60)
"""How old the count may be by which something is refused: counting looks at all that was heard of in the last hour."""

SHARE = 20
"""A token may grow by one such part of its cap before all is counted again. Several ingest processes count apart, so
each may admit that much more than there is room for, and no more."""


class Kind(StrEnum):
    """What is counted."""

    HOSTS = "hosts"
    SERVICES = "services"
    INSTANCES = "instances"
    SERIES = "series"


class Beyond(Exception):
    """A token has as many of a kind as it may have."""

    def __init__(self, kind: Kind) -> None:
        super().__init__(kind)
        self.kind = kind


Count = Callable[[datetime], Mapping[int, int]]
"""Token -> how many of its own were heard of since a moment; those without are missing."""


class Cap:
    """How many of one kind each token has, and may have.

    Args:
        kind: what is counted; `settings.MOST_...` says how many a token may have.
        count: asks the database.
    """

    def __init__(self, kind: Kind, count: Count) -> None:
        self.kind = kind
        self._ask = count
        self.forget()
        _CAPS.append(self)

    def forget(self) -> None:
        """Count anew the next time."""
        self._counts: Mapping[int, int] = {}
        self._grown = Counter[int]()
        self._counted_at: datetime | None = None
        self._latest: datetime | None = None

    def admit(self, wanted: Mapping[int, int], now: datetime) -> dict[int, int]:
        """How many of so many new ones each token may make in the caller's transaction, which is to make them at once.

        `now` may lie in the past where what is new was heard of late: the latest that was ever given counts.
        """
        if not wanted:
            return {}
        now = self._latest = max(now, self._latest or now)
        most: int = getattr(settings, f"MOST_{self.kind.name}")
        has_grown = any(self._grown[token_id] >= max(1, most // SHARE) for token_id in wanted)
        is_full = any(self._held(token_id) + count > most for token_id, count in wanted.items())
        if self._counted_at is None or has_grown or (is_full and now - self._counted_at >= RECOUNT):
            self._counts, self._grown, self._counted_at = self._ask(now - SILENT), Counter(), now
        admitted = {token_id: min(count, max(0, most - self._held(token_id))) for token_id, count in wanted.items()}
        self._grown.update(admitted)
        return admitted

    def take(self, token_id: int, now: datetime) -> None:
        """Room for one more.

        Raises:
            Beyond: there is none.
        """
        if not self.admit({token_id: 1}, now)[token_id]:
            raise Beyond(self.kind)

    def state(self) -> Callable[[], None]:
        """Puts back what is known now."""
        counts, grown, counted_at = self._counts, self._grown.copy(), self._counted_at

        def put_back() -> None:
            self._counts, self._grown, self._counted_at = counts, grown, counted_at

        return put_back

    def _held(self, token_id: int) -> int:
        return self._counts.get(token_id, 0) + self._grown[token_id]


_CAPS: list[Cap] = []


@contextmanager
def tentative() -> Iterator[None]:
    """Around a transaction: where it fails, what was made in it does not count."""
    before = [cap.state() for cap in _CAPS]
    try:
        yield
    except BaseException:
        for put_back in before:
            put_back()
        raise


def forget() -> None:
    """Count all anew: for another database."""
    for cap in _CAPS:
        cap.forget()


def _brought(rows: type[models.Model]) -> Count:
    def count(since: datetime) -> Mapping[int, int]:
        heard = rows._default_manager.filter(last_seen__gte=since, brought_by__isnull=False)
        return dict(heard.values_list("brought_by").annotate(models.Count("pk")))

    return count


HOSTS = Cap(Kind.HOSTS, _brought(Host))
SERVICES = Cap(Kind.SERVICES, _brought(Service))
INSTANCES = Cap(Kind.INSTANCES, _brought(Instance))
