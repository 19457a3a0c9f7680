"""Another program takes the processors."""

from __future__ import annotations

from dataclasses import replace

from tests.lab.case import Http, Phase
from tests.lab.cases.host_neighbour import case as base

case = replace(
    base,
    reason="A neighbour uses every core nine tenths of the time, so the service waits for a processor; its own work "
    "is moderate.",
    phases=(
        Phase(300, (Http(path="/work", rate=60),)),
        Phase(1500, (Http(path="/work", rate=60),), others={"neighbour": {"share": 0.9}}),
    ),
)
