"""`python -m tests.ingest.scan.hostile FILE SEEDS`: made-up and broken bodies through one compiled scanner.

Prints how many of them it read.
"""

from __future__ import annotations

import gc
import importlib.util
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "advisor.settings")


def let_others(phase: str, info: object) -> None:
    """The search for garbage may run anybody's last words, wherever an object is made, and others have their turn."""
    time.sleep(1e-4)


def load(name: str, path: str) -> Any:
    """The module in a file, in the place of the one that this machine runs with."""
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    sys.modules[name] = module
    return module


def main(path: str, seeds: int) -> int:
    load("advisor.ingest._scan", path)
    django.setup()
    from advisor.ingest.pivot import Pivot
    from advisor.ingest.scanned import JSON, PROTOBUF, Wire
    from advisor.ingest.steps import finish
    from tests.ingest.bodies import as_json, as_protobuf, made, mutated
    from tests.ingest.exports import NOW, export

    pivot = Pivot()

    def read(seed: int) -> int:
        said, count = made(seed), 0
        for wire, body in ((JSON, as_json(said, seed)), (PROTOBUF, as_protobuf(said) or b"")):
            for data in (body, body, *(mutated(body, seed + turn) for turn in range(6))):
                count += take(wire, data)
        return count

    def take(wire: Wire, data: bytes) -> bool:
        return finish(pivot.read(data, wire, NOW, lambda host: 0.0)) is not None

    count = sum(map(read, range(seeds)))
    small = [made(seed) for seed in range(seeds) if take(JSON, as_json(made(seed), 1))]
    large = as_json(export(*[one for said in small for one in said["resourceMetrics"]]), 1)
    gc.callbacks.append(let_others)
    gc.set_threshold(20)
    with ThreadPoolExecutor(4) as threads:  # as large bodies are read
        return count + sum(threads.map(lambda _: take(JSON, large), range(12)))


if __name__ == "__main__":
    print(main(sys.argv[1], int(sys.argv[2])))
