"""The child's side of an errand: ask every target, and tell the parent in one JSON text on standard output."""

from __future__ import annotations

import importlib
import json
import signal
import sys

from advisor_agent.metric import Metric, Sample

DEADLINE_SECONDS = 20
"""After which a child ends, also if its parent is gone and cannot end it."""

Told = list[object]
"""Metric name, value, attributes, and the pid of the process that it is about, or None for the host."""


class ErrandError(Exception):
    """A target that gave no answer, or left something out; the text says why and what to do."""


class Answer:
    """One reading; `pid` names the process that it is about, None for the host."""

    __slots__ = ("pid", "sample")

    def __init__(self, sample: Sample, pid: int | None = None) -> None:
        self.sample = sample
        self.pid = pid


def main() -> None:
    """Read `{"errand": name, "targets": [...]}` from standard input, and answer `{"told": [...], "errors": [...]}`."""
    signal.alarm(DEADLINE_SECONDS)
    order = json.load(sys.stdin)
    told, errors = run(order["errand"], order["targets"])
    json.dump({"told": told, "errors": errors}, sys.stdout)


def run(name: str, targets: list[str]) -> tuple[list[Told], list[str]]:
    """What the targets told, and a sentence for each that did not."""
    module = importlib.import_module(f"advisor_agent.errands.{name}")
    told: list[Told] = []
    errors: list[str] = []
    for target in targets:
        try:
            answers = list(module.ask(target))
        except ErrandError as error:
            answers = [error]
        told += [_told(answer) for answer in answers if isinstance(answer, Answer)]
        errors += [str(error) for error in answers if isinstance(error, ErrandError)]
    return told, errors


def _told(answer: Answer) -> Told:
    sample = answer.sample
    return [sample.metric.name, sample.value, sample.attributes, answer.pid]


def understood(told: list[Told], metrics: dict[str, Metric]) -> list[Answer]:
    """The parent's reading of it. KeyError, TypeError or ValueError for what no child of ours says."""
    answers = []
    for name, value, attributes, pid in told:
        pairs = tuple((key, text) for key, text in attributes)  # type: ignore[attr-defined]  # checked by unpacking
        answers.append(Answer(Sample(metrics[name], value, pairs), pid))  # type: ignore[index,arg-type]
    return answers
