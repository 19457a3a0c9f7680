from __future__ import annotations

from advisor_agent.collectors import descriptors


def test_open_and_limit(scene, figures):
    assert figures(descriptors.collect_host(scene)) == {
        ("advisor.system.file_descriptor.count",): 1024,
        ("advisor.system.file_descriptor.limit",): 400_000,
    }
