"""Which script a command line of Node.js, Bun or Deno runs. The line itself is kept only where it is wanted."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from types import ModuleType

from advisor_agent.claims import clean
from advisor_agent.executable import BUN, DENO, NODE

_TAKES_VALUE = {
    NODE: frozenset(
        (
            *("-r", "--require", "--import", "--loader", "--experimental-loader", "-C", "--conditions"),
            *("--env-file", "--env-file-if-exists", "--title", "--inspect-port", "--input-type"),
            *("--icu-data-dir", "--openssl-config", "--redirect-warnings", "--trace-event-categories"),
            *("--disable-warning", "--watch-path", "--diagnostic-dir", "--max-http-header-size"),
            *("--unhandled-rejections", "--dns-result-order", "--test-name-pattern", "--test-reporter"),
        )
    ),
    BUN: frozenset(
        (
            *("-r", "--preload", "--require", "--import", "-c", "--config", "--cwd", "--env-file", "--port"),
            *("-d", "--define", "--drop", "-l", "--loader", "--main-fields", "--conditions", "--title"),
            *("--tsconfig-override", "--extension-order", "--install", "-F", "--filter", "--jsx-runtime"),
            *("--jsx-factory", "--jsx-fragment", "--jsx-import-source", "--max-http-header-size"),
            *("--dns-result-order", "--unhandled-rejections", "--elide-lines", "--shell", "--user-agent"),
            *("--console-depth", "--feature", "--fetch-preconnect", "--disable-warning", "--redirect-warnings"),
            *("--watch-kill-signal", "--cpu-prof-name", "--cpu-prof-dir", "--heap-prof-name", "--heap-prof-dir"),
        )
    ),
    DENO: frozenset(
        (
            *("-c", "--config", "--import-map", "-L", "--log-level", "--seed", "--cert", "--location", "--port"),
            *("--host", "--ext", "--preload", "--import", "--require", "--conditions", "--min-dep-age"),
            *("--minimum-dependency-age", "--node-modules-linker", "--inspect-publish-uid"),
        )
    ),
}
"""Options whose value may be the next argument (`node --help` of 20 to 24, `bun run --help`, `deno run --help`)."""

_TAKES_CODE = ("-e", "--eval", "-p", "--print", "-pe")

_NO_SCRIPT = {
    NODE: frozenset(("-e", "--eval", "-p", "--print", "-pe", "-i", "--interactive", "--test", "--run", "inspect")),
    BUN: frozenset(
        (
            *("-e", "--eval", "-p", "--print", "-", "test", "repl", "build", "install", "i", "add", "remove", "rm"),
            *("update", "link", "unlink", "pm", "upgrade", "outdated", "audit", "publish", "patch", "info", "why"),
        )
    ),
    DENO: frozenset(
        (
            *("-", "eval", "repl", "test", "bench", "check", "fmt", "lint", "lsp", "doc", "cache", "compile"),
            *("coverage", "jupyter", "install", "add", "remove", "outdated", "update", "uninstall", "upgrade"),
            *("info", "types", "vendor", "publish", "init", "bundle", "completions", "clean", "deploy", "audit"),
        )
    ),
}
_RUNS = {NODE: (), BUN: ("run",), DENO: ("run", "serve", "watch")}
"""Commands that are followed by a script."""

_STARTS = {NODE: (), BUN: ("x", "create", "exec", "c"), DENO: ("task", "x", "create")}
"""Commands that start another program."""

_LAUNCHERS = frozenset(
    (
        *("npm", "npx", "pnpm", "pnpx", "yarn", "corepack", "nodemon", "bunx", "dx"),
        *("npm-cli.js", "npx-cli.js", "pnpm.js", "pnpm.cjs", "pnpx.cjs", "yarn.js", "yarn.cjs"),
        *("corepack.js", "nodemon.js"),
    )
)
"""Programs that start the service as a child and pass it their environment: they are not the service."""

_TITLED_SCRIPT = re.compile(r"(?:/|[A-Za-z]:\\)(?:.*?\.[cm]?[jt]sx?(?=\s|$)|\S*)")
"""The path at the head of a title; what follows it may be arguments."""

_MOST_CHARACTERS = 4096
"""Of a command line that are looked at, where it is wanted at all."""

_ADDRESS = re.compile(r"(https?://)(?:[^/@?#]*@)?([^?#]*)")


class Command:
    """The script of a process (path, or empty), its runtime, and whether it only launches another program.

    `shown` is the script as it may be sent; `line` is the whole command line without its secrets, empty where nobody
    wants it.
    """

    __slots__ = ("is_launcher", "line", "runtime", "script", "shown")

    def __init__(self, script: str, is_launcher: bool, runtime: str = NODE) -> None:
        self.script = script
        self.is_launcher = is_launcher
        self.runtime = runtime
        self.shown = clean(script)
        self.line = ""


def command_of(cmdline: str, working_directory: str, paths: ModuleType = os.path, runtime: str = NODE) -> Command:
    """Read /proc/PID/cmdline, or what another system tells of it, where `paths` are written otherwise.

    PM2 and npm set the title of their processes, which overwrites the arguments with one text
    (`node /srv/app.js`, `npm start`); of such a text only a path after `node ` is believed.
    """
    arguments = cmdline.rstrip("\0").split("\0")
    program, _, rest = arguments[0].partition(" ")
    if paths.basename(program) in _LAUNCHERS:
        return Command("", True)
    if rest and program == "node":
        titled = _TITLED_SCRIPT.match(rest)
        script = titled[0] if titled else ""
        return _placed(script if paths.isabs(script) else "", "", paths)
    script_argument = _script_argument(arguments[1:], runtime)
    if script_argument is None:
        return Command("", True, runtime)
    return _placed(script_argument, working_directory, paths, runtime)


def _placed(script: str, working_directory: str, paths: ModuleType, runtime: str = NODE) -> Command:
    address = _ADDRESS.match(script)
    if address:  # who may load a script may stand in its address
        return Command(address[1] + address[2], False, runtime)
    if script.startswith(("jsr:", "npm:")):
        return Command(script, False, runtime)
    script = script.partition("file://")[2] or script
    if script and (working_directory or paths.isabs(script)):
        script = paths.normpath(paths.join(working_directory, script))
    return Command(script, paths.basename(script) in _LAUNCHERS, runtime)


def _script_argument(arguments: list[str], runtime: str) -> str | None:
    """The script as it is written, empty where there is none, None where another program is started."""
    waiting = is_command = False
    for argument in arguments:
        if waiting:
            waiting = False
        elif argument in _NO_SCRIPT[runtime] and not is_command:
            return ""
        elif argument in _STARTS[runtime] and not is_command:
            return None
        elif argument in _RUNS[runtime] and not is_command:
            is_command = True
        elif argument in _TAKES_VALUE[runtime]:
            waiting = True
        elif argument and not argument.startswith("-"):
            # `bun run dev`, `bun dev` and `deno run dev` start a script of package.json, in a shell of its own.
            return None if runtime != NODE and not re.search(r"[/.:]", argument) else argument
    return ""


def options_of(arguments: Iterable[str]) -> Iterator[str]:
    """The options of `node` itself, without values that are arguments of their own: those before the script."""
    waiting = False
    for argument in arguments:
        if waiting:
            waiting = False
        elif argument in ("-", "--") or not argument.startswith("-"):
            return
        else:
            yield argument
            waiting = argument in _TAKES_VALUE[NODE] or argument in _TAKES_CODE


def line_of(cmdline: str) -> str:
    """/proc/PID/cmdline as one text without secrets. A word that is cut is left out: half a secret looks like none."""
    from advisor_agent.redaction import joined, redacted  # only paid for where command lines are wanted

    words = cmdline[:_MOST_CHARACTERS].rstrip("\0").split("\0")
    return joined(redacted(words[:-1] if len(cmdline) > _MOST_CHARACTERS else words))
