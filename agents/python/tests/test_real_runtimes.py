"""Against real processes of Bun and Deno."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from advisor_agent.collection import Collection, now
from advisor_agent.kernel import Kernel
from advisor_agent.log import Log
from advisor_agent.otlp import export
from advisor_agent.system import linux
from fakes.node import run, wanted
from fakes.sink import attributes, values

PACKAGES = Path(__file__).parents[1] / "node_modules"
BUN = PACKAGES / "@oven/bun-linux-x64-baseline/bin/bun"
DENO = PACKAGES / "@deno/linux-x64-glibc/deno"

BUN_SERVER = """
const server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response('ok') })
console.log(server.port)
"""
DENO_SERVER = """
Deno.serve({ port: 0, hostname: '127.0.0.1', onListen: ({ port }) => console.log(port) }, () => new Response('ok'))
"""


def collected(pid):
    """What the agent sends of this process; None where it sends nothing."""
    moment = now()
    sent = json.loads(export(Collection(linux(Kernel()), Log()).collect(moment), moment))["resourceMetrics"]
    return next((one for one in sent if attributes(one).get("process.pid") == str(pid)), None)


@pytest.mark.parametrize(
    ("program", "words", "code", "runtime"),
    [
        (BUN, ("run", "--smol"), BUN_SERVER, "bun"),
        (BUN, (), BUN_SERVER, "bun"),
        (DENO, ("run", "-A", "--no-config"), DENO_SERVER, "deno"),
    ],
)
def test_a_server(program, words, code, runtime, tmp_path):
    wanted(program.exists(), f"{program.name} is not installed: `make node-packages` brings it.")
    (tmp_path / "package.json").write_text('{"name": "shop", "version": "1.2.3"}')
    with run([str(program), *words], tmp_path / "server.ts", code, {"HOME": str(tmp_path)}) as server:
        assert server.port > 0
        found = collected(server.pid)
    who = attributes(found)
    assert (who["process.runtime.name"], who["process.executable.name"]) == (runtime, program.name)
    assert re.fullmatch(r"[1-9]\d*\.\d+\.\d+", who["process.runtime.version"])
    assert (who["service.name"], who["service.version"]) == ("shop", "1.2.3")
    assert who["process.command"] == str(tmp_path / "server.ts")
    assert values(found)["advisor.process.listening_port.count"] == [1]


def test_a_launcher_is_not_named_after_what_it_starts(tmp_path):
    wanted(BUN.exists(), "bun is not installed: `make node-packages` brings it.")
    (tmp_path / "package.json").write_text(f'{{"name": "shop", "scripts": {{"dev": "{BUN} server.ts"}}}}')
    (tmp_path / "server.ts").write_text(BUN_SERVER)
    with run([str(BUN), "run"], Path("dev"), "", folder=tmp_path) as launcher:
        assert launcher.port > 0
        found = collected(launcher.pid)
    assert (attributes(found)["service.name"], "process.command" in attributes(found)) == ("bun", False)
