"""macOS and Windows, as the rest of the agent wants to know a system."""

from __future__ import annotations

import os
from selectors import BaseSelector
from types import ModuleType

from advisor_agent.collectors import agent, agent_collectors, process_count, uptime
from advisor_agent.events import Events
from advisor_agent.following import Following
from advisor_agent.modules import found_modules
from advisor_agent.portable import collectors
from advisor_agent.portable.host import this_host
from advisor_agent.portable.scene import Observer
from advisor_agent.system import System

_OF_ANY_SYSTEM = (agent, agent_collectors, process_count, uptime)
"""Collectors that read nothing but a `View`."""

_NO_ERRANDS: list[ModuleType] = []
"""They are children of a kind that Windows does not have, and are told of what /proc shows."""

_HIDDEN = "Without privilege the agent does not see much of other users' processes, least of all ports and names."
_REMEDY = "Run the agent as the services' user, as root (macOS) or as an administrator (Windows)."


def through(psutil: ModuleType, paths: ModuleType = os.path, keeps_lines: bool = False) -> System:
    """A system seen through psutil, with paths written as there."""
    modules = [*_OF_ANY_SYSTEM, *found_modules(collectors)]
    look = Observer(psutil, paths, keeps_lines).look
    return System(this_host(psutil), look, modules, _NO_ERRANDS, _HIDDEN, _REMEDY, _nobody, 0)


def _nobody(events: Events, selector: BaseSelector, most_held: int) -> Following:
    """psutil can wait for an end, but only in a thread that does nothing else."""
    return Following()
