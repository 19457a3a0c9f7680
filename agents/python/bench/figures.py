"""What a run ends with: one JSON line a figure, and tables in Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Any

Figure = dict[str, Any]


def figure(
    name: str, value: float, unit: str, goal: float, peer: str | None = None, peer_value: float | None = None
) -> Figure:
    """`goal` is the most it may be; `peer_value` is what the peer needs for the same, in the same windows."""
    ratio = round(value / peer_value, 3) if peer_value else None
    return {
        "name": name,
        "value": round(value, 3),
        "unit": unit,
        "peer": peer,
        "peer_value": None if peer_value is None else round(peer_value, 3),
        "ratio": ratio,
        "goal": goal,
        "holds": value <= goal,
    }


def beside_peers(name: str, value: float, unit: str, goal: float, peers: dict[str, float]) -> list[Figure]:
    """One figure of ours beside each peer; alone if there is none."""
    if not peers:
        return [figure(name, value, unit, goal)]
    return [figure(name, value, unit, goal, peer, peer_value) for peer, peer_value in peers.items()]


def spread(values: Sequence[float], digits: int) -> str:
    """The middle of some windows, and the least and the most."""
    if len(values) == 1:
        return f"{values[0]:.{digits}f}"
    return f"{median(values):.{digits}f} ({min(values):.{digits}f} to {max(values):.{digits}f})"


def markdown(title: str, head: Sequence[str], rows: Sequence[Sequence[str]], note: str = "") -> str:
    """A table with its heading."""
    lines = [f"## {title}", "", _line(head), _line(["---"] * len(head)), *(_line(row) for row in rows)]
    return "\n".join([*lines, *(["", note] if note else []), ""])


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
