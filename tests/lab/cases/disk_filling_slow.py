"""A log fills its disk in a day and a half."""

from __future__ import annotations

from dataclasses import replace

from tests.lab.case import Http, Phase
from tests.lab.cases.disk_filling_fast import case as base

case = replace(
    base,
    reason="A log that is never rotated takes a steady share of its file system and fills it within a day.",
    phases=(Phase(108000, (Http(path="/log", rate=3.2),)),),
    onset=0,
    stretched=6,
)
