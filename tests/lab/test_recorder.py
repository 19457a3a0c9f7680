"""What is recorded comes back as it was sent, and is told to the product by its moments."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.lab.discovery import LAB
from tests.lab.recorder import Record, Sink, keep, kept, recorded, replay
from tests.lab.stretch import Stretch, newest

EXAMPLE = json.loads((LAB.parents[1] / "agents" / "contract" / "process.example.json").read_text())
NAME = "one"


def _record(at: float) -> Record:
    """The example as if it had ended then, of the service that is recorded."""
    moved = Stretch(1.0, newest(EXAMPLE), at, "checkout", recorded(NAME), "web-1").export(
        json.loads(json.dumps(EXAMPLE))
    )
    return Record.of(json.dumps(["/v1/metrics", moved]).encode())


@contextmanager
def _listening() -> Iterator[Sink]:
    sink = Sink()
    threading.Thread(target=sink.serve_forever, daemon=True).start()
    try:
        yield sink
    finally:
        sink.shutdown()
        sink.server_close()


def _names(record: Record) -> set[str]:
    def values(attributes: list[dict[str, Any]]) -> Iterator[str]:
        yield from (a["value"]["stringValue"] for a in attributes if a["key"] == "service.name")

    _, export = json.loads(record.line)
    return {name for item in export["resourceMetrics"] for name in values(item["resource"]["attributes"])}


def test_a_recording_comes_back_as_it_was_kept(tmp_path: Path) -> None:
    records = [_record(1000.0), _record(1001.0)]
    keep(records, tmp_path / "one.gz")
    assert kept(tmp_path / "one.gz") == records
    assert records[1].at == pytest.approx(1001.0)


def test_the_past_is_told_at_once_and_the_rest_as_it_happens() -> None:
    """Nine seconds ten times as long, of which the last one is told as it happens."""
    records = [_record(1000.0 + second) for second in range(10)]
    with _listening() as sink:
        server = f"http://127.0.0.1:{sink.server_port}"
        began = time.time()
        for at in replay(records, server, "a-token", NAME, 10.0, 1.0):
            assert at >= sink.records[-1].at, "nothing is told before it happens"
    told = sink.records
    assert began + 1.0 <= told[-1].at <= time.time(), "the last of it has just happened"
    assert told[0].at == pytest.approx(told[-1].at - 90.0)
    assert {name for record in told for name in _names(record)} == {NAME}
