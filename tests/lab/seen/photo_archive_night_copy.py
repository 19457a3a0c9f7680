"""Photographs are copied in bursts at night."""

from __future__ import annotations

from dataclasses import replace

from tests.lab.case import SILENT, Http, Phase
from tests.lab.seen.photo_archive_anniversary import case as base

case = replace(
    base,
    label=SILENT,
    reason=(
        "In bursts 22 photographs a second occupy half of the eight threads of the pool, and each takes 0.29 s at "
        "p95 in and between the bursts: the volume is slow as always, and nobody waits for a thread."
    ),
    phases=(
        Phase(
            900,
            (
                Http(path="/album", rate=20),
                Http(path="/photo/{n}", rate=6),
                Http(path="/photo/{n}", rate=16, burst=(90, 210)),
            ),
        ),
    ),
    onset=0,
)
