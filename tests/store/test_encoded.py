"""Distributions in the bytes that they came with."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest

from advisor.features.histogram import Histogram
from advisor.store import encoded
from advisor.store.binary import COMPILED
from advisor.store.encoded import Blobs, Distributions

QUICK, SLOW = (Histogram.from_explicit([0.1], counts, 0.05) for counts in ([2, 0], [0, 3]))


def blobs(*said: bytes | None) -> Blobs:
    """These, with what belongs to nobody between them."""
    data, begins, ends = b"", [], []
    for each in said:
        begins.append(len(data) + 2)
        data += b"??" + (each or b"")
        ends.append(len(data) if each is not None else 0)
    return Blobs(data, np.array(begins), np.array(ends))


def test_each_comes_by_its_place_and_all_in_their_order() -> None:
    said = [b"one", None, b"", b"four"]
    found = blobs(*said)
    assert list(found) == said == [found[place] for place in range(4)]
    assert list(found[1:3]) == [None, b""]
    assert (len(found), found.told().tolist(), list(Blobs.without(2))) == (4, [0, 2, 3], [None, None])


def test_pieces_are_joined_and_put_in_another_order() -> None:
    first, second = [b"one", None, b""], [None, b"four"]
    found = Blobs.joined([blobs(*first), Blobs.without(0), blobs(*second)[:2]])
    assert list(found) == [*first, *second]
    assert list(found.put_in(np.array([4, 0, 3, 2, 1]))) == [b"four", b"one", None, b"", None]


@pytest.mark.parametrize("compiled", [COMPILED, None])
def test_they_are_cut_out_of_what_they_lie_in(compiled: ModuleType | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoded, "COMPILED", compiled)
    said = [None, b"one", b"", None, b"four"]
    assert list(blobs(*said).cut_out()) == said
    assert blobs(*said, b"another's")[:5].cut_out()._data == b"onefour"
    turned = blobs(*said).put_in(np.array([4, 3, 2, 1, 0])).cut_out()
    assert (list(turned), turned._data) == (said[::-1], b"fourone")
    assert list(Blobs.without(0).cut_out()) == []


def test_only_rows_that_have_one_are_told_of_and_decoded_once() -> None:
    found = Distributions(blobs(None, QUICK.encode(), SLOW.encode(), None)[1:])
    assert dict(found) == {0: QUICK, 1: SLOW}
    assert found[1] is found[1]
    assert (len(found), 2 in found, found.get(2)) == (2, False, None)
    for place in (-1, 2, 3, "0"):
        with pytest.raises(KeyError):
            found[place]  # type: ignore[index]  # whatever somebody asks for
