"""From summaries to figures beside their goals, and to tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bench import figures
from bench.figures import Figure
from bench.options import LOADED, QUIET
from bench.ours import BEFORE, OURS, OURS_TLS
from bench.windows import Key, Summary

MEBIBYTE = 1 << 20

CPU_GOALS = {QUIET: {10: 0.08, 5: 0.12, 1: 0.5}, LOADED: {5: 0.3, 1: 1.5}}
"""Per cent of one core, by seconds between two exports."""

RSS_GOAL, RSS_TLS_GOAL, PSS_GOAL = 14, 20, 8
"""MiB."""

TICK_GOAL, _GOAL_POINTS = 1.5, 200
"""kB on the wire, set when a tick had so many points."""

TOGETHER = ("node_exporter", "process_exporter")
"""Only both of them cover what ours does."""

HEAD = ("subject", "covers", "every", "CPU, % of a core", "RSS, MiB", "PSS, MiB", "bytes a look")

Summaries = Mapping[Key, Summary]


def cpu(part: str, summaries: Summaries) -> list[Figure]:
    """Our CPU time beside that of every peer at the same interval."""
    found = []
    for every, goal in CPU_GOALS[part].items():
        if (OURS, every) in summaries:
            peers = _of_peers(summaries, every, lambda summary: summary.cpu)
            name = f"agent.cpu.{every}s" if part == QUIET else f"agent.cpu.{part}.{every}s"
            found += figures.beside_peers(name, summaries[OURS, every].cpu, "% of a core", goal, peers)
    return found


def memory_and_wire(summaries: Summaries, points: int) -> list[Figure]:
    """Memory beside that of every peer at the longest interval, and bytes a tick, of so many points, with and without
    TLS."""
    every = max(interval for _, interval in summaries)
    rss = _of_peers(summaries, every, lambda summary: summary.memory.rss / MEBIBYTE)
    plain, tls = _all(summaries, OURS), _all(summaries, OURS_TLS)
    found = figures.beside_peers("agent.rss", _most_rss(plain), "MiB", RSS_GOAL, rss)
    found.append(figures.figure("agent.pss", max(s.memory.pss for s in plain) / MEBIBYTE, "MiB", PSS_GOAL))
    wire = _of_peers(summaries, every, lambda summary: summary.tick_bytes / 1000)
    sent = {name: size for name, size in wire.items() if size}
    found += figures.beside_peers("agent.tick", summaries[OURS, every].tick_bytes / 1000, "kB", TICK_GOAL, sent)
    per_point = summaries[OURS, every].tick_bytes / 1000 / points
    found.append(figures.figure("agent.tick.200_points", per_point * _GOAL_POINTS, "kB", TICK_GOAL))
    if tls:
        found.append(figures.figure("agent.rss.tls", _most_rss(tls), "MiB", RSS_TLS_GOAL))
        size = summaries[OURS_TLS, every].tick_bytes / 1000
        found.append(figures.figure("agent.tick.tls", size, "kB", TICK_GOAL))
    return found


def table(title: str, summaries: Summaries, covers: Mapping[str, str], note: str = "") -> str:
    """One row a subject and interval."""
    rows = [
        [
            name,
            covers[name],
            f"{every} s",
            figures.spread(summary.shares, 3),
            f"{summary.memory.rss / MEBIBYTE:.1f}",
            f"{summary.memory.pss / MEBIBYTE:.1f}",
            f"{summary.tick_bytes:,.0f}" if summary.tick_bytes else "none",
        ]
        for (name, every), summary in summaries.items()
    ]
    return figures.markdown(title, HEAD, rows, note)


def _of_peers(summaries: Summaries, every: int, value_of: Callable[[Summary], float]) -> dict[str, float]:
    """Of each peer at this interval, the host and the processes of Prometheus taken together."""
    found = {
        name: value_of(summary)
        for (name, interval), summary in summaries.items()
        if interval == every and name not in (OURS, OURS_TLS, BEFORE)
    }
    if all(name in found for name in TOGETHER):
        found["+".join(TOGETHER)] = sum(found[name] for name in TOGETHER)
    return found


def _all(summaries: Summaries, name: str) -> list[Summary]:
    return [summary for (subject, _), summary in summaries.items() if subject == name]


def _most_rss(found: list[Summary]) -> float:
    return max(summary.memory.rss for summary in found) / MEBIBYTE
