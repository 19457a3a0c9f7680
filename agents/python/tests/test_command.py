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
