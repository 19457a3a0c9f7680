"""Workers under PM2: one file, reloads without downtime, and what keeps it all over a reboot."""

from __future__ import annotations

import json
import math
import shlex
from dataclasses import dataclass
from typing import Final

from advisor.diagnosis.advice import Step
from advisor.diagnosis.recipes import ending

PLATFORM: Final = "PM2"
FILE: Final = "ecosystem.config.cjs"
MIB: Final = 2**20

ROOM: Final = 2.0
"""A worker may take twice what it takes now before PM2 restarts it: a net for leaks that peaks do not touch."""


@dataclass(frozen=True, slots=True)
class App:
    """One service under PM2.

    Attributes:
        name: what PM2 calls it.
        script: the path that Node.js is started with today.
        workers: how many.
        memory: bytes at which PM2 restarts a worker; None for no such limit.
        grace: seconds that a worker has to end before PM2 kills it.
    """

    name: str
    script: str
    workers: int
    memory: float | None = None
    grace: int = 10


def restart_limit(now: float, limit: float, workers: int) -> float | None:
    """Bytes at which a worker is restarted: twice today's, at most its part of 85% of the memory.

    None where less than a quarter more than today would be left, or where nothing is known (NaN): a limit that
    ordinary peaks reach restarts healthy workers.
    """
    room = min(ROOM * now, 0.85 * limit / workers) if limit > 0 else ROOM * now
    return None if math.isnan(room) or room < 1.25 * now else room


def steps(app: App) -> tuple[Step, ...]:
    """From the process of today to workers under PM2, and how to work with them."""
    name = shlex.quote(app.name)
    return (
        Step("PM2 is the choice for production and for several applications on one machine: it starts and restarts "
             "the workers, keeps their logs and shows what each takes, without code of yours.", PLATFORM),
        Step("Say in the application when it can serve, and let it finish open requests when PM2 stops it.", PLATFORM,
             "at the end of " + app.script, READY),
        Step("Set cluster mode. Check that this script is the one that starts the service today. The number stands "
             "there instead of -i max, which counts the machine's processors and not those that a quota leaves.",
             PLATFORM, FILE, ecosystem(app)),
        Step(f"Stop the process that runs today, the way it was started (under PM2: pm2 delete {name}), then start "
             "the workers. This is a restart, later releases are not.",
             PLATFORM, "shell", f"npm install --global pm2\npm2 start {FILE}\npm2 save"),
        Step("Let them start with the machine: this prints a command to run once as root.",
             PLATFORM, "shell", "pm2 startup"),
        Step("Release with a reload, which replaces one worker after the other.", PLATFORM, "shell",
             f"pm2 reload {name}"),
        Step("Change the number of workers without a restart, as load grows or falls.", PLATFORM, "shell",
             f"pm2 scale {name} {app.workers}"),
        Step("Read the logs of all workers together, and keep them from filling the disk.", PLATFORM, "shell",
             f"pm2 logs {name} --lines 100\npm2 install pm2-logrotate"),
    )  # fmt: skip


def ecosystem(app: App) -> str:
    """The file that PM2 starts the workers from."""
    limit = "" if app.memory is None else _LIMIT.format(mib=round(app.memory / MIB))
    return _ECOSYSTEM.format(
        name=json.dumps(app.name),
        script=json.dumps(app.script),
        workers=app.workers,
        limit=limit,
        milliseconds=1000 * app.grace,
    )


_LIMIT: Final = """      max_memory_restart: "{mib}M", // a net for leaks, not a cure
"""

_ECOSYSTEM: Final = """module.exports = {{
  apps: [
    {{
      name: {name},
      script: {script},
      exec_mode: "cluster",
      instances: {workers},
{limit}      wait_ready: true, // a worker counts as started when it says "ready"
      listen_timeout: 10000, // ms to wait for that
      kill_timeout: {milliseconds}, // ms for open requests to finish
      exp_backoff_restart_delay: 100, // ms, then longer: a worker that crashes at once does not spin
    }},
  ],
}};
"""

READY: Final = f"""server.on("listening", () => process.send?.("ready"));
process.on("SIGINT", ending(server)); // PM2 stops a worker with SIGINT

{ending.CODE}"""
"""What the application adds; `server` is its http.Server. Put before `listen` or right after it, both work."""
