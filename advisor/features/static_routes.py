"""Which routes send files, as far as their names tell."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from advisor.features.routes import Route

_ENDING: Final = re.compile(
    r"\.(?:css|js|mjs|map|png|jpe?g|gif|svg|webp|avif|ico|woff2?|ttf|txt|pdf|mp4|wasm)$", re.IGNORECASE
)
_FOLDER: Final = re.compile(
    r"^(/(?:static|assets|public|images?|img|css|js|fonts|media|dist|build|_next/static))(?:/|$)"
)
_ALL_PATHS: Final = frozenset(("*", "/*", "/*path", "/*splat", "/{*splat}", "/{*path}", "(.*)", "/(.*)"))
_READS: Final = frozenset(("GET", "HEAD"))


@dataclass(frozen=True, slots=True)
class Static:
    """The routes that send files.

    Attributes:
        names: all of them, most time first.
        low: share of the request time of those that surely do, 0 to 1.
        high: the same with a route of all paths, which may answer other things as well.
        guessed: that route's name; empty if there is none.
        prefixes: folders of paths, each with a slash at the end.
        by_ending: True if some are known by how they end, or by a route of all paths.
        rate: requests per second.
    """

    names: tuple[str, ...]
    low: float
    high: float
    guessed: str
    prefixes: tuple[str, ...]
    by_ending: bool
    rate: float

    @property
    def sure(self) -> bool:
        """True if no route of all paths had to be counted."""
        return not self.guessed


def static_of(routes: Iterable[Route]) -> Static:
    """The routes of a table that read files by a folder, an ending, or any path."""
    surely, perhaps = [], []
    for route in routes:
        method, _, path = route.name.partition(" ")
        if method in _READS and (_FOLDER.match(path) or _ENDING.search(path)):
            surely.append(route)
        elif method in _READS and path in _ALL_PATHS:
            perhaps.append(route)
    low, more = (sum(route.time_share for route in some) for some in (surely, perhaps))
    paths = [route.name.partition(" ")[2] for route in surely]
    folders = [found[1] for found in map(_FOLDER.match, paths) if found]
    return Static(
        names=tuple(route.name for route in (*surely, *perhaps)),
        low=low,
        high=low + more,
        guessed=perhaps[0].name if perhaps else "",
        prefixes=tuple(f"{folder}/" for folder in dict.fromkeys(folders)),
        by_ending=bool(perhaps) or any(not _FOLDER.match(path) for path in paths),
        rate=sum(route.rate for route in (*surely, *perhaps)),
    )
