from __future__ import annotations

from advisor_agent.collectors import memory


def test_states_add_up_to_the_limit(scene, figures):
    found = figures(memory.collect_host(scene))
    states = sum(value for key, value in found.items() if key[0] == "system.memory.usage")
    assert states == found["system.memory.limit",] == 8_000_000 * 1024


def test_reclaimable_slab_is_cache_and_swap_in_use_is_the_difference(scene, figures):
    found = figures(memory.collect_host(scene))
    assert found["system.memory.usage", "cached"] == 2_900_000 * 1024
    assert found["system.paging.usage", "used"] == 100_000 * 1024
    assert found["system.paging.usage", "free"] == 900_000 * 1024
    assert found["system.memory.linux.available",] == 5_000_000 * 1024
