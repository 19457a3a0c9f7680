"""The whole product, started once for all cases, and the Django of this process pointed at its database."""

from __future__ import annotations

import importlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import django

from advisor.embedded import home, plan, ports
from tests.embedded.running import Run
from tests.lab.databases import Databases
from tests.lab.machine import PREFIX, folder

_READ = (
    "advisor.pages.urgency",
    "advisor.recommendations.export",
    "advisor.store.samples",
    "advisor.diagnosis.prediction",
)
"""What the lab reads the product with."""

EVALUATE = 30.0
"""Model seconds between two judgements: those of production."""


@dataclass(frozen=True, slots=True)
class Product:
    """What cases need to know of it: `url` is its own address, `door` that of its agent's receiver."""

    folder: Path
    url: str
    door: str
    page_port: int
    databases: Databases
    scale: float


@contextmanager
def running(scale: float, with_databases: bool) -> Iterator[Product]:
    """Web, ingest, worker, beat and agent at this time scale, with data of their own that is removed afterwards."""
    root = Path(tempfile.mkdtemp(prefix=PREFIX))
    databases = Databases(root)
    if with_databases:
        databases.start()
    page_port = ports.any_free("127.0.0.1")
    run = Run(root / "home", ports.any_free("127.0.0.1"), **settings(scale, page_port, databases))
    try:
        run.hear(r"Ctrl-C stops everything")
        _use(run.environment, root / "home")
        door = f"http://{run.environment['ADVISOR_LISTEN']}"
        yield Product(folder(root / "cases"), run.url, door, page_port, databases, scale)
    finally:
        run.stop()
        databases.stop()
        shutil.rmtree(root, ignore_errors=True)


def settings(scale: float, page_port: int, databases: Databases) -> dict[str, str]:
    """The product's settings. Intervals shrink with the time scale, to a second at least."""
    known = {"ADVISOR_POSTGRESQL": databases.postgresql, "ADVISOR_REDIS": databases.redis}
    return {
        "ADVISOR_TIME_SCALE": f"{scale:g}",
        "ADVISOR_EVALUATE_SECONDS": f"{max(1.0, EVALUATE / scale):g}",
        "ADVISOR_INTERVAL": str(max(1, round(10 / scale))),
        "ADVISOR_SCRAPE": f"http://127.0.0.1:{page_port}/metrics",
        **(known if databases.postgresql else {}),
    }


def _use(environment: Mapping[str, str], directory: Path) -> None:
    """Let Django here read the product's database."""
    os.environ.update({name: value for name, value in environment.items() if name.startswith("ADVISOR_")})
    current = plan.read(os.environ, is_demo=False)
    plan.export(current, home.valkey_socket(current))
    assert current.home == directory
    django.setup()
    for name in _READ:  # a run takes hours, in which somebody may change the code under it
        importlib.import_module(name)
