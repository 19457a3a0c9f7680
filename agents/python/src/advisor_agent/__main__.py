"""The command line: `advisor-agent run`, `check`, `status`, `enroll` and `install`."""

from __future__ import annotations

import os
import sys

from advisor_agent import VERSION
from advisor_agent.address import Server, parse_server
from advisor_agent.config import Config
from advisor_agent.log import Log
from advisor_agent.places import settings_file
from advisor_agent.settings import ENROL_FLAGS, FLAGS, INSTALL_FLAGS, ConfigError, settings_of
from advisor_agent.system import this_system

_COMMANDS = ("run", "check", "status", "enroll", "install")
_BAD_SETTING = 2


def main() -> None:
    """Obey, and exit: a zip application does not pass on what its main function returns."""
    sys.exit(status())


def status() -> int:
    """Exit status: 0 fine, 1 not done, or no agent at work, 2 a setting is wrong."""
    arguments = sys.argv[1:]
    if not arguments or {"-h", "--help"} & set(arguments):
        print(usage())
        return 0 if arguments else _BAD_SETTING
    if arguments == ["--version"]:
        print(f"advisor-agent {VERSION}")
        return 0
    log = Log()
    try:
        return _obey(arguments[0], arguments[1:], log)
    except ConfigError as error:
        log.say(str(error))
        return _BAD_SETTING


def usage() -> str:
    """What can be typed. Written by hand, because `argparse` costs 1.4 MiB of memory for good."""
    lines = [
        "advisor-agent enroll --server URL --key KEY  get a token for this host, and keep it",
        "advisor-agent run [options]                  report this host and its Node.js processes",
        "advisor-agent check [options]                print one export and say whether the server takes it",
        "advisor-agent status [options]               say whether an agent is at work, and what waits for the server",
        "advisor-agent install [--unprivileged]       run as a systemd service, as a user of its own",
        "",
        "Each option can also be an environment variable, or a line of the settings file (interval = 5):",
        *(f"  {flag:<23} {variable:<29} {text}" for flag, (variable, text) in FLAGS.items()),
        f"  {'':<23} {'ADVISOR_TOKEN':<29} the host token; never a flag, which other users can read",
    ]
    return "\n".join(lines)


def _obey(command: str, options: list[str], log: Log) -> int:
    if command not in _COMMANDS:
        raise ConfigError(f"There is no command {command}; use {', '.join(_COMMANDS[:-1])} or {_COMMANDS[-1]}.")
    if command == "enroll":
        return _enrol(options, log)
    if command == "install":
        return _install(options, log)
    config = Config(settings_of(options, os.environ))
    _warn(config.server, "The token and all data travel", log)
    if command == "status":
        from advisor_agent.status import status as look  # as for check

        is_at_work, words = look(config)
        print(words)
        return 0 if is_at_work else 1
    if command == "check":
        from advisor_agent.check import check  # not paid for by `run`, which stays in memory for months

        return 0 if check(config, this_system(config.programs, config.command_lines, config.asks), log) else 1
    from advisor_agent.loop import Loop  # not needed where a setting is wrong

    Loop(config, this_system(config.programs, config.command_lines, config.asks), log).run()
    return 0


def _warn(server: Server, what: str, log: Log) -> None:
    if not server.is_tls and not server.address.is_loopback:
        log.say(f"{what} unencrypted to {server}; use https where you can.")


def _enrol(options: list[str], log: Log) -> int:
    from advisor_agent.enrol import EnrolmentError, enrol  # once in the life of a host

    settings = settings_of(options, os.environ, ENROL_FLAGS)
    _warn(parse_server(settings.get("ADVISOR_SERVER", "")), "The key travels", log)
    try:
        print(enrol(settings, this_system().host.name))
    except EnrolmentError as error:
        log.say(str(error))
        return 1
    return 0


def _install(options: list[str], log: Log) -> int:
    from advisor_agent.install import InstallError, install  # once in the life of a host

    is_privileged = "--unprivileged" not in options
    settings = settings_of([option for option in options if option != "--unprivileged"], os.environ, INSTALL_FLAGS)
    config = settings.get("ADVISOR_CONFIG") or settings_file(os.environ)
    token = settings.get("ADVISOR_TOKEN_FILE") or os.path.join(os.path.dirname(config), "token")
    try:
        print(install(config, token, is_privileged))
    except InstallError as error:
        log.say(str(error))
        return 1
    return 0


if __name__ == "__main__":
    main()
