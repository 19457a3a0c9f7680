"""The names under which pages listen.

`fleet`: any sample or advice. `advice`: any recommendation. `service:3`, `host:3`, `recommendation:3`: one of them.
`live`: the feed itself, version 0 while it is interrupted and 1 when it is back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

GROUP = "hints"
"""The one group of the channel layer that all hints travel through."""

FEED = "live"
FLEET = "fleet"
ADVICE = "advice"
MOST_PER_SOCKET = 20
_KNOWN = re.compile(r"fleet|advice|(service|host|recommendation):[0-9]{1,18}")


def of(kind: str, ids: Iterable[int]) -> list[str]:
    """The topics of some services, hosts or recommendations."""
    return [f"{kind}:{number}" for number in ids]


def accepted(names: Iterable[str]) -> frozenset[str]:
    """Those of a page's wishes that exist, at most `MOST_PER_SOCKET`; every socket hears of the feed itself."""
    known = [name for name in dict.fromkeys(names) if _KNOWN.fullmatch(name)]
    return frozenset([FEED, *known[:MOST_PER_SOCKET]])
