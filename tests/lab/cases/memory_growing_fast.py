"""The heap grows with every request until nothing is left."""

from __future__ import annotations

from dataclasses import replace

from tests.lab.case import Http, Phase
from tests.lab.cases.memory_growing import case as base

case = replace(
    base,
    phases=(Phase(1800, (Http(path="/take", rate=16),)),),
    onset=720,
)
