"""profiling: the real Node.js names the function that has the work or makes the garbage."""

from __future__ import annotations

from pathlib import Path

import pytest

from advisor.diagnosis import Step
from advisor.diagnosis.recipes.profiling import of_garbage, of_pool, of_work
from tests.strategies.tools import npm

_SERVICE = """function burn() { let sum = 0; for (let n = 0; n < 4e7; n += 1) sum += n % 7; return sum; }
let kept = [];
function litter() { for (let n = 0; n < 2e5; n += 1) kept.push({ n }); kept = []; }
for (let n = 0; n < 6; n += 1) { burn(); litter(); }
"""


@pytest.mark.parametrize(("steps", "first"), [(of_work("server.js"), "burn"), (of_garbage("server.js"), "litter")])
def test_the_profile_names_the_dearest_function(steps: tuple[Step, ...], first: str, tmp_path: Path) -> None:
    files = {step.file.replace(".", "_"): step.code.replace("60_000", "2_000") for step in steps if step.code}
    folder = npm.put(tmp_path, server_js=_SERVICE, **files)
    for step in steps:
        if step.file == "shell":
            done = npm.run(folder, *step.code.split()[1:])
            assert (done.returncode, done.stderr) == (0, "")
    assert f"{first} " in done.stdout.splitlines()[0]


_POOLED = """const { gzip } = require("node:zlib");
const { pbkdf2 } = require("node:crypto");
for (let n = 0; n < 8; n += 1) gzip(Buffer.alloc(4e6, "abcdefghijk"), () => {});
pbkdf2("secret", "salt", 10, 64, "sha512", () => {});
"""


def test_the_trace_names_what_the_pool_computes_most(tmp_path: Path) -> None:
    steps = of_pool("server.js")
    files = {step.file.replace(".", "_"): step.code for step in steps if step.file.endswith(".mjs")}
    folder = npm.put(tmp_path, server_js=_POOLED, **files)
    for step in steps:
        if step.file == "shell":
            done = npm.run(folder, *step.code.split()[1:])
            assert (done.returncode, done.stderr) == (0, "")
    assert [line.split()[-1] for line in done.stdout.splitlines()] == ["zlib", "crypto"]


@pytest.mark.parametrize("steps", [of_work("my app.js"), of_garbage("my app.js"), of_pool("my app.js")])
def test_a_path_with_a_space_is_one_word_for_the_shell(steps: tuple[Step, ...]) -> None:
    assert any(step.code.endswith(" 'my app.js'") for step in steps)
