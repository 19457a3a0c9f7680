"""The judge itself: a product that breaks a promise on purpose must be found out."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.faults import Scene
from tests.chaos.topology import Product
from tests.chaos.trial import NOTHING, load_on

pytestmark = pytest.mark.processes


@pytest.mark.parametrize(
    ("sabotage", "fault", "found"),
    [
        ("answer_before_commit", "ingest before commit", "lost"),
        ("forget", "ingest after commit", "doubled"),
        ("no_rollup", "worker", "rollups"),
    ],
)
def test_a_broken_promise_is_found_out(short_folder: Path, sabotage: str, fault: str, found: str) -> None:
    product = Product(short_folder, "sqlite")
    product.sabotage = sabotage
    try:
        load = load_on(product)
        scene = Scene(product, load, seed=1)
        load.start()
        for _ in range(3):
            scene.crash(fault)
        load.stop()
        findings = product.findings(load.senders)
    finally:
        product.stop()
    assert findings[found]
    assert findings != NOTHING
