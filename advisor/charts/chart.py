"""What a chart is: its place, its words, and the series that it draws."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Place(StrEnum):
    """Where a chart stands: on the service page always, there where it has data, as proof of advice, or on a host's."""

    MAIN = "main"
    MORE = "more"
    PROOF = "proof"
    HOST = "host"


class Kind(StrEnum):
    """Lines over time, dots of one series against another, or hosts and processes over time."""

    LINES = "lines"
    DOTS = "dots"
    HEAT = "heat"


@dataclass(frozen=True, slots=True)
class Series:
    """One series of a service or a host: its key in `series.json`, and the name that stands beside the line."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Limit:
    """A level above which it is bad, in the shown unit, with its words ("Limit 85%")."""

    value: float
    words: str


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart.

    Attributes:
        module: `__name__` of its file; the id is the last part.
        title: states the fact or names the figure, in sentence case.
        series: what is drawn, the subject first. For dots: first x, then y.
        unit: the store's UCUM unit of the series: `s` is shown as ms, `By` as kB, MB or GB, `1` as percent.
        says: what follows the present value in the head ("p95", "per second").
        top: the fixed end of the axis in the shown unit; None leaves it to the data.
        top_key: a series whose newest value is the end of the axis, as capacity.
        proves: ids of the rules whose advice shows it.
        order: smaller stands earlier.
        size: an extra class of the drawing, `tall` or `heat`.
        hides_zero: True where nothing but zeros says that a service has nothing of the kind: not shown either.
    """

    module: str
    title: str
    series: tuple[Series, ...]
    unit: str
    place: Place = Place.MAIN
    kind: Kind = Kind.LINES
    says: str = ""
    limit: Limit | None = None
    top: float | None = None
    top_key: str = ""
    proves: tuple[str, ...] = ()
    order: int = 50
    note: str = ""
    size: str = ""
    hides_zero: bool = False

    @property
    def id(self) -> str:
        """The name of its file."""
        return self.module.rpartition(".")[2]

    @property
    def factor(self) -> float:
        """Drawn unit = the store's unit x this: seconds become ms."""
        return 1e3 if self.unit == "s" else 1.0

    @property
    def tick(self) -> str:
        """The unit in the hover, after the number."""
        return {"s": " ms", "By": "B"}.get(self.unit, "")
