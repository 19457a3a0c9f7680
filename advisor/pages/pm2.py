"""Apps of PM2 that are not all online: what it gave up has no process that could report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from advisor.features.window import PartWindow
from advisor.fleet.models import Instance, Service
from advisor.pages import measured, words
from advisor.store import samples
from advisor.vocabulary import PartKind

_SECONDS = 180.0
"""PM2 is asked about once a minute: what it did not tell of three times is gone."""


@dataclass(frozen=True, slots=True)
class AppRow:
    """One app on one host, with its processes by status."""

    host: str
    name: str
    given_up: int
    starting: int
    stopped: int
    restarts: int

    @property
    def state(self) -> str:
        """What became of its processes: `1 process given up after 15 restarts, 1 process stopped`."""
        after = f" after {words.count(self.restarts, 'restart')}" if self.restarts else ""
        told = (
            (self.given_up, f"given up{after}"),
            (self.starting, f"being started{'' if self.given_up else after}"),
            (self.stopped, "stopped"),
        )
        return ", ".join(f"{words.count(number, 'process', 'processes')} {what}" for number, what in told if number)


def apps_of(service: Service, now: float) -> list[AppRow]:
    """The apps of a service's name on its hosts, as far as not all their processes are online."""
    placed = (
        Instance.objects.filter(service=service, host__isnull=False).values_list("host_id", "host__name").distinct()
    )
    return [row for rows in apps_on(dict(placed), now).values() for row in rows if row.name == service.name]


def apps_on(hosts: Mapping[int, str], now: float) -> dict[int, list[AppRow]]:
    """Host -> its apps that are not all online; `hosts` are names by id."""
    found = samples.host_parts(hosts, PartKind.APP, now - _SECONDS, now)
    rows = {host: [_row(hosts[host], part) for part in parts] for host, parts in found.items()}
    return {host: [row for row in of_host if row.state] for host, of_host in rows.items()}


def _row(host: str, part: PartWindow) -> AppRow:
    """By the newest snapshot: a status that no process has any more is not told."""

    def newest(column: str) -> int:
        values = part.track.values.get(column)
        return 0 if values is None or values[-1] != values[-1] else int(values[-1])

    return AppRow(
        host=host,
        name=part.name,
        given_up=newest("errored"),
        starting=newest("pending"),
        stopped=newest("unused"),
        restarts=int(measured.last(part.track, "restarts") or 0),
    )
