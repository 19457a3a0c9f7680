"""The ways to end the product's processes, each followed by a start."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final

from tests.chaos.load import Load
from tests.chaos.topology import Product, kill

_PACE: Final = 12
"""Most acknowledgements between the start and a random kill."""


class Scene:
    """A product at work, under load: two ingest processes and a worker, of which some die."""

    def __init__(self, product: Product, load: Load, seed: int) -> None:
        self.product = product
        self.load = load
        self.random = random.Random(seed)
        self.other = product.start_ingest()
        self.survivor = product.start_ingest()
        self.worker = product.start_worker()

    def crash(self, fault: str) -> None:
        """Let one fault happen, and see that the product takes samples afterwards."""
        FAULTS[fault](self)
        self.load.wait(1)

    def ingest_at_random(self) -> None:
        """The ingest process ends somewhere."""
        self.load.wait(self.random.randint(1, _PACE))
        kill(self.survivor)
        self.survivor = self.product.start_ingest()

    def ingest_at(self, place: str) -> None:
        """An ingest process ends at a place in the code; the other one, which is not to take all the load, goes on."""
        kill(self.survivor)
        self.survivor = self.product.start_ingest(f"{place}:kill9:{self.random.randint(1, _PACE)}")
        self.survivor.wait(60)
        self.survivor = self.product.start_ingest()

    def worker_at_random(self) -> None:
        """The worker ends somewhere."""
        self.load.wait(self.random.randint(1, _PACE))
        kill(self.worker)
        self.worker = self.product.start_worker()

    def worker_at(self, place: str) -> None:
        """The worker ends at a place in the code."""
        kill(self.worker)
        self.product.start_worker(f"{place}:kill9:{self.random.randint(1, _PACE)}").wait(60)
        self.worker = self.product.start_worker()

    def database_at_random(self) -> None:
        """PostgreSQL ends, or the process that holds SQLite's file."""
        if self.product.database == "sqlite":
            self.ingest_at_random()
            return
        self.load.wait(self.random.randint(1, _PACE))
        self.product.kill_database()

    def valkey_at_random(self) -> None:
        """Valkey ends, and comes back empty."""
        self.load.wait(self.random.randint(1, _PACE))
        assert self.product.valkey is not None
        kill(self.product.valkey)
        self.product.start_valkey()


FAULTS: Final[dict[str, Callable[[Scene], None]]] = {
    "ingest": Scene.ingest_at_random,
    "ingest before commit": lambda scene: scene.ingest_at("ingest.before_commit"),
    "ingest after commit": lambda scene: scene.ingest_at("ingest.after_commit"),
    "worker": Scene.worker_at_random,
    "worker in a rollup": lambda scene: scene.worker_at("rollup.midway"),
    "database": Scene.database_at_random,
    "valkey": Scene.valkey_at_random,
}
