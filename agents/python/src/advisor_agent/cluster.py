"""Primaries and workers of `cluster`, and PM2's daemon as the primary of other people's services."""

from __future__ import annotations

from collections.abc import Sequence

from advisor_agent.naming import CONFIGURED
from advisor_agent.process import PRIMARY, SINGLE, WORKER, Process


def is_pm2_daemon(primary: Process, worker: Process) -> bool:
    """True where the parent forks workers for PM2: they carry PM2's id and the parent does not."""
    return bool(worker.claims.pm2_name) and not primary.claims.pm2_name


def assign_roles(processes: Sequence[Process]) -> None:
    """Set `role`, `primary` and `name` of each process.

    A worker is named as its primary, unless its own environment names it or the primary is PM2's
    daemon, whose workers belong to several services.
    """
    by_pid = {process.pid: process for process in processes}
    for process in processes:
        process.role, process.primary, process.name = SINGLE, None, process.own_name
    for process in processes:
        if process.claims.is_worker:
            process.role = WORKER
            process.primary = by_pid.get(process.parent)
    for process in processes:
        primary = process.primary
        if primary is None:
            continue
        if primary.role == SINGLE:
            primary.role = PRIMARY
        if process.own_name.source != CONFIGURED and not is_pm2_daemon(primary, process):
            process.name = primary.name
