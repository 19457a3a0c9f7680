"""Prometheus' node_exporter, as Debian sets it up. The host only."""

from __future__ import annotations

from bench.subject import Launch, Place, Subject, free_port, needs_program
from bench.wires import Scraper

_PROGRAM = "/usr/bin/prometheus-node-exporter"


def _launch(place: Place) -> Launch:
    port = free_port()
    return Launch([_PROGRAM, f"--web.listen-address=127.0.0.1:{port}"], Scraper(port, "/metrics", place.every))


SUBJECT = Subject("node_exporter", "host", needs_program(_PROGRAM, "prometheus-node-exporter"), _launch)
