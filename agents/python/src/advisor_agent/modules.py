"""What lies in a package, be it a folder or in a zip application."""

from __future__ import annotations

import importlib
import os
import struct
from collections.abc import Callable, Iterator
from types import ModuleType

_END = struct.Struct("<4s8xII2x")
"""The last record of a zip file: its signature, and the size and place of the directory. `zipapp` adds no comment."""

_ENTRY = struct.Struct("<4s24xHHH12x")
"""An entry of the directory: its signature, and the lengths of what follows: name, extra, comment."""


def found_modules(package: ModuleType, wanted: Callable[[str], bool] = bool) -> list[ModuleType]:
    """Every module of a package whose name is wanted, imported, in the order of their names."""
    (place,) = package.__path__
    names = os.listdir(place) if os.path.isdir(place) else list(_names_in_zip(place))
    stems = {name.partition(".")[0] for name in names if name.endswith((".py", ".pyc"))} - {"__init__"}
    return [importlib.import_module(f"{package.__name__}.{stem}") for stem in sorted(stems) if wanted(stem)]


def _names_in_zip(place: str) -> Iterator[str]:
    """Files directly in a folder of a zip. `pkgutil` knows them too, but brings 2 MiB with it that stay for good."""
    archive = place
    while not os.path.exists(archive):
        archive = os.path.dirname(archive)
    folder = place[len(archive) + 1 :] + "/"
    for path in _paths(archive):
        if path.startswith(folder) and "/" not in path[len(folder) :]:
            yield path[len(folder) :]


def _paths(archive: str) -> Iterator[str]:
    """Of every file in a zip, by its directory (APPNOTE.TXT 4.3.12, 4.3.16). ValueError for what is no zip."""
    with open(archive, "rb") as file:
        file.seek(-_END.size, os.SEEK_END)
        end = file.tell()
        signature, size, _ = _END.unpack(file.read())
        # Where the directory ends is sure; its place is not, if something was laid before the zip.
        file.seek(end - size)
        directory = file.read(size)
    if signature != b"PK\5\6":
        raise ValueError(f"{archive} does not end as a zip file does")
    position = 0
    while position < size:
        _, *lengths = _ENTRY.unpack_from(directory, position)
        start = position + _ENTRY.size
        yield directory[start : start + lengths[0]].decode()
        position = start + sum(lengths)
