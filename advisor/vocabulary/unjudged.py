"""Figures that are drawn for people and that no rule looks at: windows leave them out, a fifth of all there is to read.

A new metric is judged unless it stands here. A rule that wants one of these takes it off the list; a test says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

from advisor.vocabulary.column import Entity
from advisor.vocabulary.metrics import columns_of

UNJUDGED: Final[Mapping[Entity, frozenset[str]]] = {
    Entity.PROCESS: frozenset(
        {
            "switches",
            "preemptions",
            "faults_minor",
            "disk_read",
            "disk_written",
            "accept_queue_limit",
            "uptime",
            "loop_delay_min",
            "loop_delay_p90",
            "loop_delay_p99",
            "gc_major_max",
            "heap_size",
            "resources_active",
            "requests_aborted",
            "unhandled_errors",
        }
    ),
    Entity.HOST: frozenset(
        {
            "load_5m",
            "load_15m",
            "pressure_io",
            "memory_used",
            "memory_free",
            "memory_cached",
            "swap_used",
            "swap_free",
            "swapped_out",
            "faults_minor",
            "disk_reads",
            "disk_writes",
            "disk_read",
            "disk_written",
            "network_received",
            "network_sent",
            "network_errors",
            "tcp_established",
            "tcp_syn_received",
            "tcp_close_wait",
            "tcp_time_wait",
            "tcp_listen",
            "accept_overflows",
            "node_processes",
            "uptime",
        }
    ),
}


@cache
def judged_of(entity: Entity) -> tuple[str, ...]:
    """The names of an entity's number columns that rules may look at, in the store's order."""
    unjudged = UNJUDGED.get(entity, frozenset())
    return tuple(name for name in columns_of(entity) if name not in unjudged)
