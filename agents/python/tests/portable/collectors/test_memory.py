from __future__ import annotations

from advisor_agent.portable.collectors import memory


def test_states_add_up_to_the_whole_on_macos(macos, look, figures):
    found = figures(memory.collect_host(look(macos)))
    states = {key[1]: value for key, value in found.items() if key[0] == "system.memory.usage"}
    assert states.keys() == {"used", "free", "cached"}
    assert sum(states.values()) == found[("system.memory.limit",)] == 17179869184
    assert found[("system.memory.linux.available",)] == 5905580032


def test_windows_tells_no_cache(windows, look, figures):
    found = figures(memory.collect_host(look(windows)))
    assert found == {
        ("system.memory.limit",): 17179869184,
        ("system.memory.linux.available",): 9663676416,
        ("system.memory.usage", "used"): 7516192768,
        ("system.memory.usage", "free"): 9663676416,
    }
