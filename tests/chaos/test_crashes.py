"""Crashes under load: nothing that was acknowledged is lost, doubled or made up, and rollups agree with samples.

`ADVISOR_CRASHES` says how many there are of each kind and store; `make test-long` asks for 1,000 in all.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.faults import FAULTS, Scene
from tests.chaos.topology import Product
from tests.chaos.trial import NOTHING, load_on

pytestmark = pytest.mark.processes

CRASHES = int(os.environ.get("ADVISOR_CRASHES", "2"))


@pytest.fixture(params=["sqlite", "postgresql"])
def product(request: pytest.FixtureRequest, short_folder: Path) -> Iterator[Product]:
    one = Product(short_folder, request.param)
    yield one
    one.stop()


@pytest.mark.parametrize("fault", FAULTS)
def test_what_was_acknowledged_survives(product: Product, fault: str) -> None:
    seed = int(time.time())
    print(f"seed {seed}", file=sys.stderr)
    load = load_on(product)
    scene = Scene(product, load, seed)
    load.start()
    for _ in range(CRASHES):
        scene.crash(fault)
    load.stop()
    assert product.findings(load.senders) == NOTHING
