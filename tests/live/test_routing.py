from __future__ import annotations

from advisor.live.routing import urlpatterns


def test_there_is_one_address() -> None:
    assert [str(pattern.pattern) for pattern in urlpatterns] == ["live/"]
