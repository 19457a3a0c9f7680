"""The JavaScript runtimes, by their `process.runtime.name`."""

from __future__ import annotations

from typing import Final

NODE: Final = "nodejs"

NAMES: Final = {NODE: "Node.js", "bun": "Bun", "deno": "Deno"}
"""What people call them."""


def is_node(runtime: str) -> bool:
    """Whether it is Node.js. Whoever does not say it is: our probe and older agents run beside nothing else."""
    return runtime in ("", NODE)


def called(runtime: str) -> str:
    """A runtime's name in words; one that we do not know keeps its own."""
    return NAMES.get(runtime or NODE, runtime)
