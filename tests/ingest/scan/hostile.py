"""`python -m tests.ingest.scan.hostile FILE SEEDS`: made-up and broken bodies through one compiled scanner.

Prints how many of them it read.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "advisor.settings")


def load(path: str) -> Any:
    """The scanner in a file, in the place of the one that this machine runs with."""
    spec = importlib.util.spec_from_file_location("advisor.ingest._scan", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    sys.modules["advisor.ingest._scan"] = module
    return module


def main(path: str, seeds: int) -> int:
    load(path)
    django.setup()
    from advisor.ingest.pivot import Pivot
    from advisor.ingest.scanned import JSON, PROTOBUF
    from tests.ingest.bodies import as_json, as_protobuf, made, mutated
    from tests.ingest.exports import NOW

    pivot, read = Pivot(), 0
    for seed in range(seeds):
        said = made(seed)
        for wire, body in ((JSON, as_json(said, seed)), (PROTOBUF, as_protobuf(said) or b"")):
            for data in (body, body, *(mutated(body, seed + turn) for turn in range(6))):
                read += pivot.read(data, wire, NOW, lambda host: 0.0) is not None
    return read


if __name__ == "__main__":
    print(main(sys.argv[1], int(sys.argv[2])))
