from __future__ import annotations

import pytest

from advisor_agent.portable.collectors import swap


def test_used_and_free(macos, look, figures):
    assert figures(swap.collect_host(look(macos))) == {
        ("system.paging.usage", "used"): 1073741824,
        ("system.paging.usage", "free"): 1073741824,
    }


def test_a_failing_counter_of_windows_is_an_error_that_the_collection_tells(windows, look):
    windows.errors["swap_memory"] = RuntimeError("PdhAddEnglishCounterW failed")
    with pytest.raises(OSError, match="PdhAddEnglishCounterW"):
        list(swap.collect_host(look(windows)))
