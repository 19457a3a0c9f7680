"""`python -m advisor.embedded run|demo|link`: what `make run`, `make demo` and `make link` call."""

from __future__ import annotations

import argparse
import dataclasses
import os
import sys
import time
from collections.abc import Callable

from advisor.embedded import children, configuration, demo, home, leftovers, plan, ports
from advisor.embedded.console import Console
from advisor.embedded.plan import Plan
from advisor.embedded.refusal import CannotStartError
from advisor.embedded.supervision import Supervisor

ADVICE_SECONDS = 5.0
LOAD_SECONDS = 1.0
"""How often the demo's terminal looks for new advice, and for new lines of the load."""


def say(text: str) -> None:
    """One line for the person at the terminal."""
    print(text, flush=True)


def start(is_demo: bool) -> int:
    """Start everything and stay until it is stopped; the exit status."""
    current = plan.read(os.environ, is_demo)
    home.prepare(current)
    with home.lock(current):
        if ended := leftovers.clear(current.pids):
            say(f"Ended {ended} processes that an earlier run left behind.")
        if is_demo:
            demo.require_packages()
            home.forget_demo(current)
            home.prepare(current)
        ports.require_web(current)
        current = _with_receiver(current)
        return _run(current)


def link() -> None:
    """Print a new sign-in link for the installation that runs."""
    base = plan.base_home(os.environ)
    found = home.running(base)
    if found is None:
        raise CannotStartError(f"Nothing runs with the data in {base}: `make run` starts it and prints a link.")
    current = plan.read(os.environ, is_demo=found != base)
    current = dataclasses.replace(current, public_url=current.address_file.read_text())
    plan.export(current, home.valkey_socket(current))
    from advisor.embedded import installation  # Django reads the environment at this import

    say(installation.sign_in_link())


def _run(current: Plan) -> int:
    socket = home.valkey_socket(current)
    plan.export(current, socket)
    from advisor.embedded import installation  # Django reads the environment at this import

    installation.check_settings()
    installation.migrate(say)
    installation.agent_token(current.token_file)
    conf = configuration.write(current, children.of(current, socket, _inbox(current) if current.is_demo else None))
    current.address_file.write_text(current.public_url)
    say(f"Starting (data in {current.home}) ...")
    console = Console(current, Supervisor(current, conf), say)
    console.stop_on_signals()
    if console.until_ready():
        say(f"\nSign in, once, within 15 minutes:\n\n    {installation.sign_in_link()}\n")
        say("Ctrl-C stops everything. `make link` prints a new link.")
        installation.rest()
        console.until_stopped(_demo_look(current) if current.is_demo else None, LOAD_SECONDS)
    return console.finish()


def _inbox(current: Plan) -> children.Inbox:
    """A receiver of webhooks on a free port, and the channel that sends to it."""
    from advisor.embedded import installation  # Django reads the environment at this import

    port = ports.any_free("127.0.0.1")
    secret = installation.demo_channel(f"http://127.0.0.1:{port}/")
    return children.Inbox(current.home / "webhooks", port, secret)


def _with_receiver(current: Plan) -> Plan:
    """The plan with a receiver that works: a demo moves to a free port, a real run says what is missing."""
    listen, is_free = ports.receiver(current.listen)
    if is_free:
        return current
    if current.is_demo:
        host = listen.rpartition(":")[0]
        other = f"{host}:{ports.any_free(host)}"
        say(f"{listen} is taken by another program, so the demo's agent listens on {other}.")
        return dataclasses.replace(current, listen=other)
    say(
        f"{listen} is taken by another program: local probes and SDKs cannot report to the agent until it is free, "
        "or until ADVISOR_LISTEN names another address."
    )
    return current


def _demo_look(current: Plan) -> Callable[[], None]:
    """What the demo's terminal shows while it runs."""
    from advisor.embedded import installation  # Django reads the environment at this import
    from advisor.embedded.advice import AdviceWatch

    load, advice = demo.Follower(current.logs / "load.log"), AdviceWatch()
    next_advice = time.monotonic()

    def look() -> None:
        nonlocal next_advice
        for line in load.lines():
            say(line)
        if time.monotonic() >= next_advice:
            next_advice = time.monotonic() + ADVICE_SECONDS
            for line in advice.lines():
                say(line)
            installation.rest()

    return look


def main() -> int:
    """Parse the command line; 2 if something stands in the way."""
    parser = argparse.ArgumentParser(prog="python -m advisor.embedded", description=__doc__)
    parser.add_argument("what", choices=("run", "demo", "link"))
    parser.add_argument("--check", action="store_true", help="only say whether the demo could run here")
    arguments = parser.parse_args()
    try:
        if arguments.what == "link":
            link()
            return 0
        if arguments.what == "demo":
            demo.require_node()
            if not arguments.check and (line := demo.warning()):
                say(line)
        return 0 if arguments.check else start(arguments.what == "demo")
    except CannotStartError as refusal:
        print(refusal, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
