"""Clinic Doctor (npm `@clinic/doctor`), asked about the same service under the same load."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

from tests.lab.case import Case, Service
from tests.lab.discovery import LAB

SECONDS = 45.0
"""Of the clock on the wall; its documentation lets its examples run for some ten seconds."""

NOTHING = "none"
"""Its own word for a healthy service, and ours for one that it cannot read."""

_ANALYSIS_SECONDS = 120.0
_SCRIPT = LAB / "clinic" / "doctor.js"


def is_there() -> bool:
    """It is installed."""
    return (_SCRIPT.parent / "node_modules").is_dir()


def fits(case: Case) -> bool:
    """It reads one process, which must live until it is asked to end, and knows no recordings."""
    service = case.services[0]
    alone = service.workers == service.copies == case.stretched == 1
    return alone and service.telemetry != "pm2" and not service.revive


def unasked(results: list[dict[str, Any]], cases: dict[str, Case]) -> list[dict[str, Any]]:
    """The results that lack its answer, of cases that it can be asked about."""
    return [result for result in results if "clinic" not in result and fits(cases[result["name"]])]


def patient(service: Service) -> Service:
    """The service as Doctor runs it: nobody else inside."""
    return dataclasses.replace(service, telemetry="agent", grace=_ANALYSIS_SECONDS, memory=None, descriptors=None)


def runner(answer: Path) -> tuple[str, ...]:
    """The command that runs a script under Doctor and leaves its category in a file."""
    return ("node", str(_SCRIPT), str(answer))
