"""Is a program Node.js, and of which version: asked of the file once, not of its name alone."""

from __future__ import annotations

import os
import re
from types import ModuleType

_NAME = re.compile(r"node(js)?([-.]?v?\d+(\.\d+)*)?(\.exe)?")
_VERSION = re.compile(rb"node-v(\d{1,3}\.\d{1,3}\.\d{1,3})")
_MARKS = (b"napi_create_function", b"libnode.so")
"""Every Node.js exports its native interface; Debian's is a small program that loads libnode."""

_PIECE_BYTES = 1 << 18
_OVERLAP_BYTES = 64
_MOST_BYTES = 1 << 28


class Executable:
    """Whether a program file is Node.js, and its version (`20.20.2`, empty where the file does not say)."""

    __slots__ = ("is_node", "version")

    def __init__(self, is_node: bool, version: str) -> None:
        self.is_node = is_node
        self.version = version


def has_node_name(path: str, paths: ModuleType = os.path) -> bool:
    """True for node, nodejs, node20, node-v22.1.0, node.exe; a deleted file (an upgrade) keeps its name."""
    return _NAME.fullmatch(paths.basename(path.replace(" (deleted)", ""))) is not None


class Executables:
    """Answers by file identity, so that each program file is read once (about 25 ms for 95 MB)."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int, int], Executable] = {}

    def look(self, path: str) -> Executable:
        """Examine a file such as /proc/PID/exe. An unreadable one is believed by its name."""
        try:
            figures = os.stat(path)
            identity = (figures.st_dev, figures.st_ino, figures.st_mtime_ns)
            if identity not in self._known:
                self._known[identity] = _examine(path)
            return self._known[identity]
        except OSError:
            return Executable(True, "")


def _examine(path: str) -> Executable:
    is_node, version, tail, done = False, "", b"", 0
    with open(path, "rb", buffering=0) as file:
        while done < _MOST_BYTES and not (is_node and version):
            piece = file.read(_PIECE_BYTES) or b""
            if not piece:
                break
            done += len(piece)
            window = tail + piece
            is_node = is_node or any(mark in window for mark in _MARKS)
            found = None if version else _VERSION.search(window)
            version = found[1].decode() if found else version
            tail = window[-_OVERLAP_BYTES:]
    return Executable(is_node, version)
