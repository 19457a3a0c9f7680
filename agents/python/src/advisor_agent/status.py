"""`advisor-agent status`: whether an agent is at work here, and what waits for the server."""

from __future__ import annotations

import os
import time

from advisor_agent.config import Config
from advisor_agent.identity import iso_time
from advisor_agent.settings import ConfigError
from advisor_agent.spool import LOCK, QUEUE
from advisor_agent.state_lock import holder
from advisor_agent.uuid7 import time_of


def status(config: Config) -> tuple[bool, str]:
    """True if an agent is at work, and the whole in words. ConfigError where the state directory cannot be read."""
    folder = config.state_dir
    try:
        process = holder(os.path.join(folder, LOCK))
        waiting = sorted(os.listdir(os.path.join(folder, QUEUE)))
        size = sum(os.path.getsize(os.path.join(folder, QUEUE, name)) for name in waiting)
    except FileNotFoundError:
        return False, f"No agent has run here yet: {folder} is empty."
    except OSError as error:
        raise ConfigError(f"{folder} cannot be read: {error.strerror}. Run this as the agent's user.") from error
    at_work = f"An agent is at work (process {process})" if process else "No agent is at work"
    lines = [f"{at_work}; it reports to {config.server} every {config.interval:g} s.", _waiting(waiting, size)]
    return bool(process), "\n".join(lines)


def _waiting(names: list[str], size: int) -> str:
    if not names:
        return "Nothing waits for the server."
    plural = "batch waits" if len(names) == 1 else "batches wait"
    return f"{len(names)} {plural} for the server ({size:,} bytes){_since(names[0])}."


def _since(name: str) -> str:
    try:
        made = time_of(name)
    except ValueError:
        return ""
    return f", the oldest for {max(time.time() - made, 0):,.0f} s, since {iso_time(made)}"
