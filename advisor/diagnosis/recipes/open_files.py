"""Descriptors that stay open: which they are, and how to close each on every path."""

from __future__ import annotations

from typing import Final

from advisor.diagnosis.advice import Step


def listed(pid: int, reading: str) -> Step:
    """What a process has open, by name, and how to read that."""
    return Step(f"List what is open, by name; {reading}.", file="shell", code=_OPEN.format(pid=pid))


def found_and_closed(pid: int) -> tuple[Step, ...]:
    """The same, and code that lets go of it."""
    return (
        listed(pid, "what has the most lines is not closed"),
        Step("Read or cancel every response body, close files and streams on every path, give child processes no "
             "pipes that nobody reads.", file="close.mjs", code=_CLOSE),
    )  # fmt: skip


_OPEN: Final = r"""ls -l /proc/{pid}/fd | awk 'NR > 1 {{print $NF}}' \
  | sed 's/\[[0-9]*\]//' | sort | uniq -c | sort -rn | head -20
"""

_CLOSE: Final = """import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { pipeline } from "node:stream/promises";

// A response whose body nobody reads keeps its socket.
export async function isThere(url) {
  const response = await fetch(url);
  await response.body?.cancel();
  return response.ok;
}

// A stream that is only piped stays open when the other end breaks off; pipeline destroys both.
export async function send(path, response) {
  await pipeline(createReadStream(path), response);
}

// A file is closed on every path.
export async function firstBytes(path) {
  const file = await open(path);
  try {
    return (await file.read(Buffer.alloc(16), 0, 16, 0)).buffer;
  } finally {
    await file.close();
  }
}
"""
