"""One of three copies gets twice what the others get."""

from __future__ import annotations

from dataclasses import replace

from tests.lab.case import Http, Phase
from tests.lab.cases.uneven_copies import case as base

case = replace(
    base,
    reason="One copy does twice the work of the others at every moment, which wastes a third of what all "
    "three could do.",
    phases=(
        Phase(300, (Http(path="/work", rate=90),)),
        Phase(
            1200,
            (
                Http(path="/work", rate=96, copy=0),
                Http(path="/work", rate=42, copy=1),
                Http(path="/work", rate=42, copy=2),
            ),
        ),
    ),
    remedy=None,
)
