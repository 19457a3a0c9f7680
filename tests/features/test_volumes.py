"""Volumes: the fullest filesystem, of those that report their size."""

from __future__ import annotations

import math

from advisor.features.volumes import fullest
from advisor.vocabulary import PartKind
from tests.additions import with_part
from tests.builders import snapshot


def test_the_fullest_is_found() -> None:
    seen = with_part(snapshot(hosts=2), PartKind.DISK, "/", used=30e9, capacity=100e9)
    seen = with_part(seen, PartKind.DISK, "/data", used=45e9, capacity=50e9)
    found = fullest(seen, 300.0)
    assert found is not None
    assert (found.mount, found.share) == ("/data", 0.9)


def test_devices_and_empty_figures_are_none() -> None:
    seen = with_part(snapshot(), PartKind.DISK, "sda", busy=3.0)
    assert fullest(with_part(seen, PartKind.DISK, "/x", used=math.nan, capacity=0.0), 300.0) is None
    assert fullest(snapshot(), 300.0) is None
