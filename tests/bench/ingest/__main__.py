"""`make bench-ingest`: points a second and a core, from HTTP to what survives a power cut; peers on the same points.

SECONDS=60 a run, HOSTS=512, WORKERS=2 for some of it; ROUNDS=3 to have them all in turns so often, since other work on
a machine slows whoever runs just then; ONLY=postgresql-json,VictoriaMetrics,growth for some of the runs.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any, Final

from tests.bench.ingest import corpus, ours, peers, sender
from tests.bench.ingest.sender import Plan, Sent
from tests.bench.ingest.usage import Usage

GOAL: Final = 600_000.0
"""Points a second into PostgreSQL."""

GROWTH: Final = (64, 512, 2_048)
"""Hosts of the runs that say what more of them cost: 640, 5,120 and 20,480 processes."""

_GROWTH_SECONDS: Final = 15.0
"""Of each of those runs at most: three full ones would make the target longer than anybody waits."""

_KNOWN_SECONDS: Final = 600.0
"""In which all must become known: 5,000 processes took about a minute with ten others on the two cores, 20,000 five."""

_PER_SECOND: Final = 4_000
"""Bodies that no subject takes in a second: so many are made ready."""


@dataclass(frozen=True)
class Figures:
    """What one run came to.

    Attributes:
        points: stored of each second.
        per_core: stored for each second of processor time of the subject and its database.
        rss: most memory, bytes.
        bytes: on disk for each point.
        latencies: median and 99th percentile of the answers' times, seconds.
        statuses: answers.
        cores: that the subject kept busy.
    """

    points: float
    per_core: float
    rss: int
    bytes: float
    latencies: tuple[float, float]
    statuses: dict[str, int]
    cores: float


_USUAL: Final = (("HOSTS", "512"), ("WORKERS", "2"), ("ROUNDS", "1"))


@dataclass(frozen=True)
class Options:
    """What the environment asks for."""

    seconds: float
    hosts: int
    workers: int
    rounds: int
    only: tuple[str, ...]

    @classmethod
    def read(cls) -> Options:
        """Of `os.environ`."""
        given = os.environ.get
        only = tuple(filter(None, given("ONLY", "").split(",")))
        hosts, workers, rounds = (int(given(*usual)) for usual in _USUAL)
        return cls(float(given("SECONDS", "60")), hosts, workers, rounds, only)

    def wants(self, name: str) -> bool:
        """Whether a run is asked for."""
        return not self.only or name in self.only


def main() -> int:
    """Measure, print, and say whether the goals hold."""
    options = Options.read()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        rounds = [dict(_all(options, Path(folder) / f"round-{number}")) for number in range(options.rounds)]
        grown = dict(_grown(options, Path(folder))) if options.wants("growth") else {}
    for number, found in enumerate(rounds, 1):
        for name, figures in found.items():
            sys.stdout.write(json.dumps({"name": name, "round": number, **asdict(figures)}) + "\n")
    holds = all(list(_goals(rounds)))
    sys.stdout.writelines(f"{line}\n" for line in _table(grown))
    return 0 if holds else 1


def _all(options: Options, folder: Path) -> Iterator[tuple[str, Figures]]:
    for database in ("postgresql", "sqlite"):
        for form in corpus.FORMS:
            name = f"{database}-{form}"
            if options.wants(name):
                yield name, _told(name, _ours(options, folder / name, database, form))
    for peer in peers.PEERS:
        if options.wants(peer.name):
            if lack := peers.missing(peer):
                sys.stderr.write(f"{peer.name} is left out: {lack}\n")
                continue
            yield peer.name, _told(peer.name, _peer(options, folder / peer.name, peer))


def _grown(options: Options, folder: Path) -> Iterator[tuple[int, Figures]]:
    """So many hosts, and what JSON into PostgreSQL came to with them."""
    for hosts in GROWTH:
        some = replace(options, hosts=hosts, seconds=min(options.seconds, _GROWTH_SECONDS))
        yield hosts, _told(f"{hosts} hosts", _ours(some, folder / f"growth-{hosts}", "postgresql", "json"))


def _table(grown: dict[int, Figures]) -> Iterator[str]:
    """The lines of a table, a run each; none where nothing grew."""
    if grown:
        yield "| hosts | processes | points/s | points/s a core | memory | bytes a point | median and p99 |"
        yield "| --- | --- | --- | --- | --- | --- | --- |"
    for hosts, one in grown.items():
        median, p99 = (f"{seconds * 1000:.0f}" for seconds in one.latencies)
        told = f"| {hosts:,} | {hosts * corpus.PROCESSES:,} | {one.points:,.0f} | {one.per_core:,.0f} "
        yield told + f"| {one.rss / 1e6:,.0f} MB | {one.bytes:.1f} | {median} and {p99} ms |"


def _told(name: str, figures: Figures) -> Figures:
    sys.stderr.write(f"{name}: {figures.points:,.0f} points/s, {figures.per_core:,.0f} a core, {figures.statuses}\n")
    return figures


def _ours(options: Options, folder: Path, database: str, form: str) -> Figures:
    with ours.running(folder / "home", database, options.workers) as subject:
        headers = {
            "content-type": "application/json" if form == "json" else "application/x-protobuf",
            "content-encoding": "gzip",
        }
        tokens = subject.tokens[: options.hosts]  # each host comes with one: with another it would be a newcomer again
        plan = Plan(subject.ports, "/v1/metrics", headers, "", _KNOWN_SECONDS, tokens, has_ids=True, is_patient=True)
        steps, end = _steps(options), time.time()
        # Who everybody is has been found out before: that is done once, and at most so many at a time.
        before = end - len(steps) * corpus.STEP  # a moment of its own: what comes twice is stored once
        met, _ = _send(_filled(plan, folder, corpus.bodies(form, range(options.hosts), steps[:1], before)), folder, [])
        if met.statuses.get("200", 0) < options.hosts:
            sys.stderr.write(f"Not all of {options.hosts} hosts became known: what follows tells of newcomers too.\n")
        known, empty = subject.rows(), subject.bytes()
        plan.seconds, plan.is_patient = options.seconds, False
        made = islice(corpus.bodies(form, range(options.hosts), steps[1:], end), int(options.seconds * _PER_SECOND))
        sent, usage = _send(_filled(plan, folder, made), folder, subject.pids)
        rows = subject.rows() - known
        snapshots = 1 + corpus.PROCESSES
        expected = sent.statuses.get("200", 0) * snapshots
        if rows < expected:  # a commit whose sender was told to come back may have been kept all the same
            raise RuntimeError(f"{rows} snapshots are stored and {expected} were acknowledged")
        points = rows / snapshots * corpus.points(corpus.template(with_histograms=True))
        return _figures(points, sent, usage, subject.bytes() - empty)


def _peer(options: Options, folder: Path, peer: peers.Peer) -> Figures:
    with peers.running(peer, folder / "data") as (port, pid):
        steps, end = _steps(options), time.time()
        made = peer.bodies(range(options.hosts), steps, end)
        made = islice(made, int(options.seconds * _PER_SECOND))
        plan = _filled(Plan([port], peer.path, peer.headers, "", options.seconds), folder, made)
        sent, usage = _send(plan, folder, [pid])
        accepted = sum(count for status, count in sent.statuses.items() if status.startswith("2"))
        points = accepted * corpus.points(corpus.template(with_histograms=False))
        return _figures(points, sent, usage, peers.size(folder / "data"))


def _figures(points: float, sent: Sent, usage: Usage, size: int) -> Figures:
    return Figures(
        points / sent.seconds,
        points / usage.cpu,
        usage.rss,
        size / points,
        sent.latencies,
        sent.statuses,
        usage.cpu / sent.seconds,
    )


def _steps(options: Options) -> range:
    return range(int(options.seconds * _PER_SECOND / options.hosts) + 1)


def _filled(plan: Plan, folder: Path, bodies: Iterator[bytes]) -> Plan:
    path = folder / "bodies"
    sender.pack(bodies, path)
    plan.bodies = str(path)
    return plan


def _send(plan: Plan, folder: Path, pids: list[int]) -> tuple[Sent, Usage]:
    path = folder / "plan.json"
    path.write_text(json.dumps(asdict(plan)))
    command = [sys.executable, "-m", "tests.bench.ingest.sender", str(path)]
    with Usage(pids) as usage:
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    said: dict[str, Any] = json.loads(done.stdout)
    return Sent(**said), usage


def _goals(rounds: list[dict[str, Figures]]) -> Iterator[bool]:
    """Prints each goal beside what was measured, that of the middle round."""
    best = [max(ours, key=lambda one: one.points) for found in rounds if (ours := _postgresql(found))]
    if best:
        yield _goal("ingest_points_per_second", median(one.points for one in best), "points/s", GOAL)
    beside = [
        mine.per_core / found["VictoriaMetrics"].per_core
        for mine, found in zip(best, rounds, strict=False)
        if "VictoriaMetrics" in found
    ]
    if beside:
        yield _goal("ingest_points_per_core_over_victoriametrics", median(beside), "times", 1.0)


def _postgresql(found: dict[str, Figures]) -> list[Figures]:
    return [figures for name, figures in found.items() if name.startswith("postgresql")]


def _goal(name: str, value: float, unit: str, goal: float) -> bool:
    line = {"name": name, "value": value, "unit": unit, "goal": goal, "holds": value >= goal}
    sys.stdout.write(json.dumps(line) + "\n")
    return value >= goal


if __name__ == "__main__":
    sys.exit(main())
