"""Which JavaScript runtime a program is, and of which version: asked of the file once, not of its name alone."""

from __future__ import annotations

import os
import re
from types import ModuleType

NODE, BUN, DENO = "nodejs", "bun", "deno"
"""Values of `process.runtime.name`."""

_NAMES = {
    NODE: re.compile(r"node(js)?([-.]?v?\d+(\.\d+)*)?(\.exe)?"),
    BUN: re.compile(r"bun(-profile)?(\.exe)?"),
    DENO: re.compile(r"deno(\.exe)?"),
}
_NAPI = b"napi_create_function"
_MARKS = {NODE: (_NAPI, b"libnode.so"), BUN: (_NAPI,), DENO: (_NAPI,)}
"""All of them export Node.js's native interface; Debian's node is a small program that loads libnode."""

_VERSIONS = {
    NODE: re.compile(rb"node-v(\d{1,3}\.\d{1,3}\.\d{1,3})"),
    BUN: re.compile(rb"[Bb]un[- ]v(\d{1,3}\.\d{1,3}\.\d{1,3})"),
    # A library inside Deno calls itself Deno/0.
    DENO: re.compile(rb"Deno/([1-9]\d{0,2}\.\d{1,3}\.\d{1,3})"),
}

_PIECE_BYTES = 1 << 18
_OVERLAP_BYTES = 64
_MOST_BYTES = 1 << 28


class Executable:
    """A program's runtime, empty where it is none, and its version, empty where the file does not say."""

    __slots__ = ("runtime", "version")

    def __init__(self, runtime: str, version: str) -> None:
        self.runtime = runtime
        self.version = version


def file_name(path: str, paths: ModuleType = os.path) -> str:
    """The last part of a program's path; a deleted file (an upgrade) keeps its name."""
    return str(paths.basename(path.replace(" (deleted)", "")))


def runtime_by_name(path: str, paths: ModuleType = os.path) -> str:
    """The runtime that a program is called after: node, nodejs, node20, node-v22.1.0, node.exe, bun, deno, or empty."""
    name = file_name(path, paths)
    return next((runtime for runtime, form in _NAMES.items() if form.fullmatch(name)), "")


class Executables:
    """Answers by file identity, so that each program file is read once (about 25 ms for 95 MB)."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int, int, int], Executable] = {}

    def look(self, path: str, runtime: str) -> Executable:
        """Examine a file such as /proc/PID/exe, called after a runtime. An unreadable one is believed by its name."""
        try:
            figures = os.stat(path)
            identity = (runtime, figures.st_dev, figures.st_ino, figures.st_mtime_ns)
            if identity not in self._known:
                self._known[identity] = _examine(path, runtime)
            return self._known[identity]
        except OSError:
            return Executable(runtime, "")


def _examine(path: str, runtime: str) -> Executable:
    marks, form = _MARKS[runtime], _VERSIONS[runtime]
    is_it, version, tail, done = False, "", b"", 0
    with open(path, "rb", buffering=0) as file:
        while done < _MOST_BYTES and not (is_it and version):
            piece = file.read(_PIECE_BYTES) or b""
            if not piece:
                break
            done += len(piece)
            window = tail + piece
            is_it = is_it or any(mark in window for mark in marks)
            found = None if version else form.search(window)
            version = found[1].decode() if found else version
            tail = window[-_OVERLAP_BYTES:]
    return Executable(runtime if is_it else "", version)
