"""A heap that is too small for its live data, at a higher load."""

from __future__ import annotations

from dataclasses import replace

from tests.lab.case import Http, Phase
from tests.lab.cases.gc_small_heap import case as base

case = replace(
    base,
    reason="Live data takes nine tenths of the old space, and a fifth of the loop's time goes into collecting.",
    phases=(base.phases[0], Phase(1200, (Http(path="/take", rate=80),))),
)
