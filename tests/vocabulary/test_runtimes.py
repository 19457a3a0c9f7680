from __future__ import annotations

import pytest

from advisor.vocabulary.runtimes import called, is_node


@pytest.mark.parametrize(
    ("runtime", "name", "node"),
    [
        ("nodejs", "Node.js", True),
        ("", "Node.js", True),
        ("bun", "Bun", False),
        ("deno", "Deno", False),
        ("CPython", "CPython", False),
    ],
)
def test_a_runtime_has_a_name_and_is_nodejs_or_not(runtime: str, name: str, node: bool) -> None:
    assert (called(runtime), is_node(runtime)) == (name, node)
