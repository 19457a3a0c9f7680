"""Beside `heap_size_limit` as real Node.js told it in control groups, in MiB."""

from __future__ import annotations

import pytest

from advisor_agent.heap_flags import OLD, SEMI, WHOLE, HeapFlags
from advisor_agent.heap_limit import MIB, Memory, heap_limit, young_limit

MEMORY = (256, 512, 700, 1024, 2048, 3000, 4096, 15_800, 16_384)
DEFAULT = {
    "20.20.2": (259, 259, 362, 524, 1048, 1548, 2096, 2096, 4144),
    "22.23.3": (259, 259, 362, 524, 1048, 1548, 2096, 4144, 4144),
    "24.21.0": (259, 259, 398, 560, 1120, 1692, 2240, 4288, 4288),
    "26.10.0": (262, 268, 374, 536, 1072, 1596, 2144, 4192, 4192),
}
OLD_OF_200 = {
    "20.20.2": (203, 203, 212, 212, 224, 248, 248, 248, 248),
    "22.23.3": (203, 203, 212, 212, 224, 248, 248, 248, 248),
    "24.21.0": (203, 203, 248, 248, 296, 392, 392, 392, 392),
    "26.10.0": (206, 212, 224, 224, 248, 296, 296, 296, 296),
}


def limit(version, memory, sizes, *, sure=True, seen=True):
    return heap_limit(version, HeapFlags(sizes, sure), Memory(memory * MIB, seen)) / MIB


@pytest.mark.parametrize("version", DEFAULT)
def test_it_is_as_node_was_seen_to_choose(version):
    assert tuple(limit(version, memory, {}) for memory in MEMORY) == DEFAULT[version]
    assert tuple(limit(version, memory, {OLD: 200}) for memory in MEMORY) == OLD_OF_200[version]


@pytest.mark.parametrize(
    ("sizes", "seen"),
    [
        ({OLD: 8192}, 8240),
        ({OLD: 256, SEMI: 64}, 448),
        ({OLD: 256, SEMI: 3}, 268),
        ({SEMI: 32}, 4192),
        ({WHOLE: 77}, 77),
        ({WHOLE: 512, SEMI: 8}, 512),
    ],
)
def test_sizes_together_are_as_node_was_seen_to_take_them(sizes, seen):
    assert limit("20.20.2", 24_576, sizes) == seen


def test_a_size_that_is_set_needs_no_certainty():
    assert limit("20.20.2", 24_576, {OLD: 256}, sure=False, seen=False) == 304
    assert limit("18.20.8", 24_576, {OLD: 200}) == 248


@pytest.mark.parametrize("version", OLD_OF_200)
def test_what_young_objects_may_take_is_the_rest(version):
    rest = [young_limit(version, HeapFlags({OLD: 200}, False), Memory(memory * MIB, False)) for memory in MEMORY]
    assert [size / MIB for size in rest] == [whole - 200 for whole in OLD_OF_200[version]]


def test_it_is_what_was_set_or_not_told():
    memory = Memory(24 << 30, True)
    assert young_limit("20.20.2", HeapFlags({SEMI: 128}, False), memory) == 384 * MIB
    assert young_limit("20.20.2", HeapFlags({WHOLE: 512, SEMI: 8}, True), memory) == 0
    assert young_limit("23.1.0", HeapFlags({SEMI: 128}, True), memory) == 0
    assert young_limit("20.20.2", HeapFlags({}, True, is_otherwise=True), memory) == 0


@pytest.mark.parametrize("version", ["18.20.8", "16.20.2", "23.1.0", "27.0.0", "", "nightly"])
def test_no_default_is_told_of_versions_that_choose_otherwise(version):
    assert limit(version, 24_576, {}) == 0


@pytest.mark.parametrize("version", ["14.21.3", "23.1.0", "27.0.0", ""])
def test_of_versions_that_nobody_looked_at_nothing_is_told(version):
    assert limit(version, 24_576, {OLD: 256}) == 0


def test_no_default_is_told_where_something_may_be_hidden():
    assert limit("20.20.2", 24_576, {}, sure=False) == limit("20.20.2", 24_576, {}, seen=False) == 0


def test_where_the_limit_does_not_follow_from_the_sizes_nothing_is_told():
    assert limit("20.20.2", 24_576, {WHOLE: 512, OLD: 256}) == limit("20.20.2", 0, {OLD: 256}) == 0
    assert heap_limit("20.20.2", HeapFlags({OLD: 256}, True, is_otherwise=True), Memory(8 << 30, True)) == 0
