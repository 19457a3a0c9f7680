"""Whether an address is free to listen on."""

from __future__ import annotations

import errno
import socket

from advisor.embedded.plan import Plan
from advisor.embedded.refusal import CannotStartError


def is_free(host: str, port: int) -> bool:
    """True if a server could listen there now. Raises `OSError` for an address that this machine does not have."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen(1)
        except OSError as error:
            if error.errno in (errno.EADDRINUSE, errno.EACCES):
                return False
            raise
    return True


def require_web(plan: Plan) -> None:
    """Raises `CannotStartError` if the web process could not listen."""
    try:
        if is_free(plan.bind, plan.port):
            return
    except OSError as error:
        raise CannotStartError(
            f"Cannot listen on {plan.bind} ({error.strerror}): set ADVISOR_BIND to an address of this machine."
        ) from error
    raise CannotStartError(f"Port {plan.port} is taken by another program: set ADVISOR_PORT to a free one.")


def receiver(listen: str) -> tuple[str, bool]:
    """The agent's receiver address, and whether it is free. "off" counts as free."""
    host, _, port = listen.rpartition(":")
    if not port.isdecimal():
        return listen, True  # "off", or what the agent itself will refuse with a sentence
    return listen, is_free(host.strip("[]"), int(port))


def any_free(host: str) -> int:
    """A port of `host` that is free now."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((host.strip("[]"), 0))
        return int(probe.getsockname()[1])


def preferred(host: str, port: int) -> int:
    """`port`, or any free one where it is taken."""
    return port if is_free(host, port) else any_free(host)
