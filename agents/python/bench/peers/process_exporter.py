"""Prometheus' process_exporter, told to watch Node.js. With node_exporter it covers what ours does."""

from __future__ import annotations

from bench.subject import Launch, Place, Subject, free_port, needs_program
from bench.wires import Scraper

_PROGRAM = "/usr/bin/prometheus-process-exporter"


def _launch(place: Place) -> Launch:
    port = free_port()
    command = [_PROGRAM, "-procnames", "node", f"-web.listen-address=127.0.0.1:{port}"]
    return Launch(command, Scraper(port, "/metrics", place.every))


SUBJECT = Subject(
    "process_exporter", "named processes", needs_program(_PROGRAM, "prometheus-process-exporter"), _launch
)
