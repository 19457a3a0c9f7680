"""Slower machines: the same work takes more CPU time in every process there, so they should get less of it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

from advisor.features import pieces, stats
from advisor.features.pieces import Piece
from advisor.features.process import Process

SLOWER: Final = 1.2
"""From so many times the CPU time of others a piece is dearer on a machine; judgement: equal ones differ by less."""

FINENESS: Final = 10
"""The most that a weight is: tenths are finer than loads are even."""


def slowness(hot: Process, others: Sequence[Process], seconds: float, piece: Piece) -> float:
    """CPU time of a piece on the machine of a process, times that on other machines; NaN where it is not the machine.

    It is where two or more processes run there and all pay about the same. A single one may be sick as well.
    """
    host = hot.instance.host_id
    here = [_cpu_price(p, seconds, piece) for p in (hot, *others) if p.instance.host_id == host]
    elsewhere = stats.mean([_cpu_price(p, seconds, piece) for p in others if p.instance.host_id != host])
    alike = len(here) > 1 and all(price < SLOWER * min(here) for price in here)
    return stats.mean(here) / elsewhere if host is not None and alike and elsewhere > 0 else math.nan


def weights(processes: Sequence[Process], seconds: float, piece: Piece) -> dict[int | None, int]:
    """How many pieces a process of each machine should get beside the others, so that all loops are equally busy."""
    hosts = {p.instance.host_id for p in processes}
    prices = {host: price([p for p in processes if p.instance.host_id == host], seconds, piece) for host in hosts}
    least = min(prices.values())
    found = {host: max(1, round(FINENESS * least / price)) for host, price in prices.items()}
    return {host: weight // math.gcd(*found.values()) for host, weight in found.items()}


def weighted(
    process: Process, processes: Sequence[Process], shares: Mapping[int | None, int], seconds: float, piece: Piece
) -> float:
    """How busy the loop of one process is once all get pieces by the weights of their machines."""
    host = process.instance.host_id
    share = shares[host] / sum(shares[p.instance.host_id] for p in processes)
    rate = stats.known_sum([pieces.rate(p, piece, seconds) for p in processes])
    return share * rate * price([p for p in processes if p.instance.host_id == host], seconds, piece)


def price(processes: Sequence[Process], seconds: float, piece: Piece) -> float:
    """Seconds that a loop is busy for one piece; infinite where there is none."""
    rate = stats.known_sum([pieces.rate(p, piece, seconds) for p in processes])
    return stats.known_sum([p.loop(seconds) for p in processes]) / rate if rate > 0 else math.inf


def _cpu_price(process: Process, seconds: float, piece: Piece) -> float:
    rate = pieces.rate(process, piece, seconds)
    return process.cpu_main(seconds) / rate if rate > 0 else math.nan
