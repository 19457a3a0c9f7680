"""Batches as the door hands them on, and hints that are remembered."""

from __future__ import annotations

import json
from collections.abc import Iterable

from advisor.fleet.models import Token
from advisor.ingest import otlp_json
from advisor.ingest.batch import Batch
from advisor.ingest.hints import Hints
from advisor.ingest.pivot import Pivot
from tests.ingest.exports import NOW, PROCESS, Json, export, gauge, number, resource
from tests.ingest.log_exports import log_body

ELU = "nodejs.eventloop.utilization"


class Told(Hints):
    """Hints that are remembered instead of told."""

    def __init__(self) -> None:
        super().__init__(lambda services, hosts: None)
        self.services: list[int] = []
        self.hosts: list[int] = []

    def add(self, services: Iterable[int], hosts: Iterable[int]) -> None:
        self.services += services
        self.hosts += hosts


def batch(token: Token, *resources: Json, id: str | None = None, offset: float = 0.0) -> Batch:
    pivoted = Pivot().sort(otlp_json.decode(json.dumps(export(*resources)).encode()), NOW, lambda host: offset)
    return Batch(pivoted, token, id, NOW)


def log_batch(token: Token, *resources: Json, id: str | None = None) -> Batch:
    return Batch(Pivot().sort_logs(otlp_json.decode_logs(log_body(*resources)), NOW, lambda host: 0.0), token, id, NOW)


def process(name: str = "shop", value: float = 0.5, at: float = NOW) -> Json:
    who = {**PROCESS, "service.name": name, "service.instance.id": name, "process.pid": 100 + len(name)}
    return resource(who, gauge(ELU, number(value, at=at)))
