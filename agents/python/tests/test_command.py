from __future__ import annotations

import pytest

from advisor_agent.command import command_of


@pytest.mark.parametrize(
    ("arguments", "script"),
    [
        (["node", "/srv/app.js", "--token=secret"], "/srv/app.js"),
        (["node", "app.js"], "/srv/app.js"),
        (["node", "../lib/./app.js"], "/lib/app.js"),
        (["node", "--require", "/opt/probe", "--max-old-space-size=512", "app.js"], "/srv/app.js"),
        (["node", "--require=/opt/probe", "-r", "x", "--import", "y", "app.mjs"], "/srv/app.mjs"),
        (["node", "-e", "require('x')"], ""),
        (["node", "--inspect", "-p", "secret()"], ""),
        (["node"], ""),
        (["node", "inspect", "app.js"], ""),
        (["node /srv/app.js"], "/srv/app.js"),
        (["node relative secret words"], ""),
        (["my title with a secret"], ""),
    ],
)
def test_only_the_script_is_seen(arguments, script):
    command = command_of("\0".join(arguments) + "\0", "/srv")
    assert command.script == script
    assert not command.is_launcher


@pytest.mark.parametrize(
    ("line", "script"),
    [
        ("bun server.ts --token=secret", "/srv/server.ts"),
        ("bun run server.ts", "/srv/server.ts"),
        ("bun --watch run ./src/server.ts secret", "/srv/src/server.ts"),
        ("bun run --preload ./hook.ts --port 3000 /app/main.js", "/app/main.js"),
        ("bun --smol --hot /app/main.ts", "/app/main.ts"),
        ("bun -e secret()", ""),
        ("bun test server.ts", ""),
        ("bun install", ""),
        ("bun", ""),
        ("deno run -A main.ts secret", "/srv/main.ts"),
        ("deno run --allow-net --config deno.json -L info ./main.ts", "/srv/main.ts"),
        ("deno serve --port 8000 --parallel server.ts", "/srv/server.ts"),
        ("deno main.ts", "/srv/main.ts"),
        ("deno run -A jsr:@acme/server@1", "jsr:@acme/server@1"),
        ("deno run https://me:secret@deno.land/x/main.ts?token=secret#secret", "https://deno.land/x/main.ts"),
        ("deno run file:///app/main.ts", "/app/main.ts"),
        ("deno eval secret()", ""),
        ("deno repl", ""),
        ("deno run -", ""),
    ],
)
def test_the_script_of_bun_and_deno(line, script):
    arguments = line.split()
    command = command_of("\0".join(arguments) + "\0", "/srv", runtime=arguments[0])
    assert (command.script, command.is_launcher) == (script, False)


@pytest.mark.parametrize(
    "line", ["bun run dev", "bun dev", "bun x serve", "bunx serve", "deno task dev", "deno run dev"]
)
def test_bun_and_deno_as_launchers(line):
    arguments = line.split()
    assert command_of("\0".join(arguments) + "\0", "/srv", runtime=arguments[0].rstrip("x")).is_launcher


@pytest.mark.parametrize(
    ("title", "script"),
    [
        ("node /srv/app.js --password=secret", "/srv/app.js"),
        ("node /srv/my shop/app.mjs secret", "/srv/my shop/app.mjs"),
        ("node /srv/app secret", "/srv/app"),
        ("node /srv/app.json.js", "/srv/app.json.js"),
    ],
)
def test_what_a_title_says_after_the_script_is_not_kept(title, script):
    assert command_of(title + "\0\0", "/elsewhere").script == script


@pytest.mark.parametrize(
    "arguments",
    [
        ["npm start"],
        ["npm run dev", "", ""],
        ["node", "/usr/lib/node_modules/npm/bin/npm-cli.js", "start"],
        ["node", "/app/node_modules/.bin/nodemon", "app.js"],
    ],
)
def test_what_starts_the_service_is_not_the_service(arguments):
    assert command_of("\0".join(arguments) + "\0", "/srv").is_launcher
