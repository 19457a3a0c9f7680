"""Which script a Node.js command line runs. The command line itself is never kept."""

from __future__ import annotations

import os
from types import ModuleType

_TAKES_VALUE = frozenset(
    (
        *("-r", "--require", "--import", "--loader", "--experimental-loader", "-C", "--conditions"),
        *("--env-file", "--env-file-if-exists", "--title", "--inspect-port", "--input-type"),
        *("--icu-data-dir", "--openssl-config", "--redirect-warnings", "--trace-event-categories"),
        *("--disable-warning", "--watch-path", "--diagnostic-dir", "--max-http-header-size"),
        *("--unhandled-rejections", "--dns-result-order", "--test-name-pattern", "--test-reporter"),
    )
)
"""Options of Node.js 20 to 24 whose value may be the next argument (`node --help`)."""

_NO_SCRIPT = frozenset(("-e", "--eval", "-p", "--print", "-pe", "-i", "--interactive", "--test", "--run"))

_LAUNCHERS = frozenset(
    (
        *("npm", "npx", "pnpm", "pnpx", "yarn", "corepack", "nodemon"),
        *("npm-cli.js", "npx-cli.js", "pnpm.js", "pnpm.cjs", "pnpx.cjs", "yarn.js", "yarn.cjs"),
        *("corepack.js", "nodemon.js"),
    )
)
"""Programs that start the service as a child and pass it their environment: they are not the service."""


class Command:
    """The script of a process (path, or empty) and whether it only launches another program."""

    __slots__ = ("is_launcher", "script")

    def __init__(self, script: str, is_launcher: bool) -> None:
        self.script = script
        self.is_launcher = is_launcher


def command_of(cmdline: str, working_directory: str, paths: ModuleType = os.path) -> Command:
    """Read /proc/PID/cmdline, or what another system tells of it, where `paths` are written otherwise.

    PM2 and npm set the title of their processes, which overwrites the arguments with one text
    (`node /srv/app.js`, `npm start`); of such a text only a path after `node ` is believed.
    """
    arguments = cmdline.rstrip("\0").split("\0")
    program, _, rest = arguments[0].partition(" ")
    if paths.basename(program) in _LAUNCHERS:
        return Command("", True)
    is_titled = bool(rest) and program == "node"
    script = rest if is_titled else _script_argument(arguments[1:])
    if is_titled and not paths.isabs(script):
        return Command("", False)
    if script and working_directory:
        script = paths.normpath(paths.join(working_directory, script))
    return Command(script, paths.basename(script) in _LAUNCHERS)


def _script_argument(arguments: list[str]) -> str:
    waiting = False
    for argument in arguments:
        if waiting:
            waiting = False
        elif argument in _NO_SCRIPT:
            return ""
        elif argument in _TAKES_VALUE:
            waiting = True
        elif argument and not argument.startswith("-"):
            return "" if argument == "inspect" else argument
    return ""
