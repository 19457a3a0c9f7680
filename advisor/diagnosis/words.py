"""Numbers as people read them, for claims, reasons and steps."""

from __future__ import annotations

import math
from datetime import UTC, datetime


def number(value: float) -> str:
    """Two significant digits below 10, whole numbers above, thousands with a comma."""
    if abs(value) >= 10:
        return f"{value:,.0f}"
    return f"{value:.1f}".removesuffix(".0")


def percent(share: float) -> str:
    """A share of 0 to 1 as percent, with one decimal below 10% and above 99%: what is nearly all never reads as all."""
    if 0.99 < share < 1:
        return f"{math.floor(share * 1000 + 1e-9) / 10}%"
    return f"{number(share * 100)}%"


def duration(seconds: float) -> str:
    """Milliseconds below one second, seconds above."""
    return f"{number(seconds)} s" if seconds >= 0.9995 else f"{number(seconds * 1000)} ms"


def size(amount: float) -> str:
    """Bytes as MB or GB (powers of ten)."""
    return f"{number(amount / 1e9)} GB" if amount >= 1e9 else f"{number(amount / 1e6)} MB"


def counted(count: int, thing: str) -> str:
    """A number with its noun: 1 core, 2 cores, 1 process, 2 processes."""
    return f"{count:,} {thing if count == 1 else _plural(thing)}"


def cores(spare: float, whole: float) -> str:
    """How many cores of how many: "0.6 of 2 cores", rounded down so that what is short never reads as enough."""
    sure = math.floor(max(0.0, spare) * 10 + 1e-9) / 10
    return f"{number(sure)} of {number(whole)} {'core' if whole == 1 else 'cores'}"


def lasting(seconds: float) -> str:
    """A time to plan with, in whole minutes, hours, days or years."""
    for unit, length in (("year", 31_557_600.0), ("day", 86_400.0), ("hour", 3_600.0)):
        if seconds >= 2 * length:
            return counted(round(seconds / length), unit)
    return counted(max(1, round(seconds / 60)), "minute")


def moment(at: float) -> str:
    """Unix seconds as a moment that is stored and read later, anywhere: pages turn it into the reader's time."""
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M} UTC"


def figure(value: float | None, unit: str) -> str:
    """A figure of evidence by its unit in the store: 89%, 120 ms, 400 MB, 12 minutes; "not known" for None."""
    if value is None:
        return "not known"
    base, slash, per = unit.partition("/")
    if base == "1":
        return percent(value) if value <= 1 else number(value)
    if base in ("s", "By"):
        return f"{duration(value) if base == 's' else size(value)}{slash}{per}"
    return f"{number(value)} {unit_word(unit, value)}"


def unit_word(unit: str, count: float = math.nan) -> str:
    """`{request}/s` as `requests/s`, of one as `request/s`; units that need no word give none."""
    if not unit.startswith("{"):
        return "" if unit in {"1", ""} else unit
    name, _, rest = unit[1:].partition("}")
    noun = {"cpu": "core"}.get(name, name.replace("_", " "))
    return f"{noun if count == 1 or noun == 'times' else _plural(noun)}{rest}"


def _plural(noun: str) -> str:
    return f"{noun}es" if noun.endswith("s") else f"{noun}s"


def lowered(title: str) -> str:
    """A title inside a sentence: "Host CPU saturated" as "host CPU saturated", "CPU short" as it is."""
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]
