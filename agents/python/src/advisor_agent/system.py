"""What differs between operating systems: who the host is, how it is looked at, what reads it."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from functools import partial
from selectors import BaseSelector
from types import ModuleType

from advisor_agent import collectors, errands
from advisor_agent.events import Events
from advisor_agent.following import Following
from advisor_agent.identity import Host, linux_host
from advisor_agent.kernel import Kernel
from advisor_agent.modules import found_modules
from advisor_agent.programs import DATASTORES
from advisor_agent.scene import Observer
from advisor_agent.settings import ConfigError
from advisor_agent.view import View

_MOST_HELD = 1024
"""Processes of which Linux tells the end at once; that of any more is noticed at the next scan."""

_OTHERS = ("darwin", "win32")
HIDDEN = (
    "Without privilege the agent does not see, of other users' processes: ports and connections, bytes to and from"
    " disks, and names that OTEL_SERVICE_NAME or PM2 give."
)
_REMEDY = "Run the agent as the services' user or as root, or give it CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH."


class System:
    """`collectors` read what `look` saw, and `errands` ask others; `remedy` is for what may not be read.

    `hidden` says what that is of other users' processes.
    `following` makes whoever tells ends, with at most so many descriptors; it would like `most_held` of them.
    """

    __slots__ = ("collectors", "errands", "following", "hidden", "host", "look", "most_held", "remedy")

    def __init__(
        self,
        host: Host,
        look: Callable[[], View],
        collectors: list[ModuleType],
        errands: list[ModuleType],
        hidden: str,
        remedy: str,
        following: Callable[[Events, BaseSelector, int], Following],
        most_held: int,
    ) -> None:
        self.host = host
        self.look = look
        self.collectors = collectors
        self.errands = errands
        self.hidden = hidden
        self.remedy = remedy
        self.following = following
        self.most_held = most_held


def this_system(
    programs: frozenset[str] = frozenset(), keeps_lines: bool = False, asks: Callable[[str], bool] = bool
) -> System:
    """The one that we run on, with or without command lines; `programs` are looked for on Linux.

    Errands that `asks` says no to by their name are not loaded. ConfigError where the agent cannot work.
    """
    if sys.platform.startswith("linux"):
        return linux(Kernel(), programs, keeps_lines, asks)
    if sys.platform not in _OTHERS:
        raise ConfigError("The agent runs on Linux, macOS and Windows: elsewhere let an OpenTelemetry SDK report.")
    from advisor_agent.portable.system import through  # Linux pays nothing for it

    try:
        return through(importlib.import_module("psutil"), keeps_lines=keeps_lines)
    except ImportError as error:
        raise ConfigError("On this system the agent needs psutil: pip install psutil.") from error


def linux(
    kernel: Kernel,
    programs: frozenset[str] = frozenset(),
    keeps_lines: bool = False,
    asks: Callable[[str], bool] = bool,
) -> System:
    """All of /proc, /sys and netlink; datastores are looked for besides the programs that are asked for."""
    from advisor_agent.lives import Lives  # needs fcntl, which Windows lacks

    host, observer = linux_host(kernel), Observer(kernel, DATASTORES | programs, keeps_lines)
    following = partial(Lives, observer, host)
    modules, asking = found_modules(collectors), found_modules(errands, asks)
    return System(host, observer.look, modules, asking, HIDDEN, _REMEDY, following, _MOST_HELD)
