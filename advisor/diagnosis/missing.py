"""What is missing and who would send it, in words for the page."""

from __future__ import annotations

from typing import Final

from advisor.vocabulary import COLUMNS, Column, Entity
from advisor.vocabulary.runtimes import called

NOBODY: Final = "Fresh data: no process of the service reports any more"

_INSIDE: Final = ("nodejs.", "v8js.", "http.", "advisor.nodejs.", "advisor.v8js.", "advisor.websocket.")
_PROBE: Final = "load the probe into the Node.js process, or an OpenTelemetry SDK that sends runtime metrics"
_AGENT: Final = "run the agent on the host"


def of_another_runtime(runtime: str) -> str:
    """Why the loop of a process that is not Node.js is not judged, and what would change that."""
    loop = find_column("loop_utilization")
    name = called(runtime)
    return f"{loop.brief} ({loop.metric}): {name} has no probe, so an OpenTelemetry SDK in the process has to send it"


def what_to_add(columns: tuple[str, ...]) -> str:
    """The first of these columns in words, and how to get it.

    Raises:
        KeyError: the vocabulary has no such column.
    """
    column = find_column(columns[0])
    sender = _PROBE if column.metric.startswith(_INSIDE) else _AGENT
    return f"{column.brief} ({column.metric}): {sender}"


def find_column(name: str) -> Column:
    """The column of a process, else of a host, by its name.

    Raises:
        KeyError: the vocabulary has no such column.
    """
    for column in COLUMNS:
        if column.name == name and column.entity is not Entity.PART:
            return column
    raise KeyError(f"the vocabulary has no column {name}")
