"""Stop the crashes at their cause

## When it fits
Processes of the service end again and again without having been asked to.

## When it does not
Nothing ended unplanned. One end in a while is what a supervisor is for. Where memory runs out, fewer than {often:.0f}
ends of one process for want of it in {quiet:.0f} minutes are no loop.

## How
If it began with a deploy, go back to the version before; that is quicker than any repair. Then find the cause:
the error and its place, memory, descriptors, or a native module. Let the supervisor wait longer between attempts
meanwhile, so that a failing service does not also use up the machine and its dependencies.

## What it costs
A release. Longer waits between attempts mean that a process that ends by chance is missing for longer.

## How to verify
No process ends unplanned for {quiet:.0f} minutes, also at the daily peak.

## References
- [PM2: restart strategies](https://pm2.keymetrics.io/docs/usage/restart-strategies/)
- [systemd.unit: StartLimitIntervalSec](https://www.freedesktop.org/software/systemd/man/latest/systemd.unit.html)
- [Node.js: process, warning on uncaughtException](https://nodejs.org/api/process.html#event-uncaughtexception)
"""

from __future__ import annotations

import re
import shlex
from pathlib import PurePath

from advisor.diagnosis import Expectation, Limit, Option, Rejection, Ruling, Step, Strategy
from advisor.diagnosis.recipes import heap_snapshots, kernel_files, linux, pm2
from advisor.diagnosis.recipes.container import label_of
from advisor.diagnosis.words import counted, percent, size
from advisor.features import Snapshot
from advisor.features.crash import Crash, Reason, crash, repeated
from advisor.features.descriptors import OF_KERNEL
from advisor.vocabulary import Family, Severity

strategy = Strategy(
    __name__,
    family=Family.REPAIR,
    name="Stop the crashes at their cause",
    effort="minutes to go back, hours to repair",
    risk="low",
    of_ends=True,
    often=Limit(3, "{end}", "from so many on the rule for crash loops speaks of one", fixed=True),
    quiet=Limit(15, "min", "the time over which the rule counts ends", fixed=True),
    unsure=Limit(0.8, "1", "what is left of the confidence where nobody told a reason, only a code or a signal"),
)

LOOP = "crash-loop"
PAST = 900.0  # seconds in which the rule counts ends; an hour where it only warns: one exception again and again


@strategy.consider
def consider(snapshot: Snapshot, ruling: Ruling) -> Option | Rejection:
    """Say what to repair first, by what most of the ends have in common."""
    slow = ruling.rule == LOOP and ruling.reading.severity is Severity.WARNING
    found, within = (repeated(snapshot, PAST), "an hour") if slow else (crash(snapshot, PAST), "15 minutes")
    if not found.ends and not found.pm2.given_up and not found.pm2.restarts:
        return strategy.reject(f"0 processes ended unplanned in {within}.")
    if ruling.rule != LOOP and (found.worst < strategy.often or not found.is_full):
        return strategy.reject(f"{counted(len(found.ends), 'unplanned end')} in {within}: no loop for want of memory.")
    sure = 1.0 if found.deploy or found.reason in (Reason.ERROR, Reason.DESCRIPTORS, Reason.HEAP) else strategy.unsure
    before = found.deploy.before if found.deploy else ""
    return strategy.option(
        f"Go back to version {before}" if before else _TITLES[found.reason].format(place=_place(found)),
        why=_why(found, within),
        confidence=ruling.reading.confidence * sure,
        cost="a release" if before else "no machine",
        expected=(Expectation("ends", f"Unplanned ends in {within}", "{end}", float(len(found.ends)), 0.0, 1.0),),
        steps=(*_back(snapshot, before), *_repair(snapshot, found), *_slower(snapshot)),
        check_first=_check_first(found, before),
    )


_TITLES = {
    Reason.HEAP: "Find what fills the heap",
    Reason.KILLED: "Find who kills the process: memory first",
    Reason.DESCRIPTORS: "Close or allow more descriptors",
    Reason.ERROR: "Handle the error{place}",
    Reason.SIGNAL: "Find the native code that ends the process",
    Reason.CODE: "Read the last lines of the log before the end{place}",
    Reason.SUPERVISOR: "Read why PM2 gave up",
}


def _place(found: Crash) -> str:
    return found.typical.place if found.typical else ""


def _why(found: Crash, within: str) -> str:
    often = f"{counted(len(found.ends), 'unplanned end')} in {within}"
    if found.deploy:
        return f"{often}, the first right after a deploy ({found.deploy.what}), and none in as long a time before."
    if found.reason is Reason.HEAP and found.heap > 0:
        return f"{often}, by V8 itself, with {percent(found.heap)} of the heap in use."
    if found.reason is Reason.KILLED and found.memory > 0:
        return f"{often} by SIGKILL, with {size(found.memory)} resident: the kernel does so when memory runs out."
    if found.typical is None:
        return f"PM2 counts {counted(found.pm2.restarts, 'restart')} and has given up {found.pm2.given_up}."
    return f"{often}, most of them {found.typical}."


def _check_first(found: Crash, before: str) -> str:
    if before:
        return f"Check that version {before} still fits the database: what a migration removed does not come back."
    if found.reason in (Reason.HEAP, Reason.KILLED):
        return "Check whether memory grows with time or with load: a leak needs a repair, and more memory only delays."
    return "Check whether a dependency (database, secret, port) was missing at the time: then the code may be right."


def _back(snapshot: Snapshot, before: str) -> tuple[Step, ...]:
    if not before:
        return ()
    name = shlex.quote(snapshot.name)
    tag = shlex.quote(before)
    return (
        Step(f"Put version {before} in its place, from the folder of the service. Use your own way to release if it "
             "has one.", "PM2", "shell", f"git checkout {tag} && npm ci --omit=dev && pm2 reload {name}"),
        Step("Undo the last rollout, and wait until it is done.", "Kubernetes", "shell",
             f"kubectl rollout undo deployment/{label_of(snapshot.name)}\n"
             f"kubectl rollout status deployment/{label_of(snapshot.name)}"),
    )  # fmt: skip


def _repair(snapshot: Snapshot, found: Crash) -> tuple[Step, ...]:
    """What finds and mends this cause."""
    name = shlex.quote(snapshot.name)
    if found.reason is Reason.HEAP:
        return _HEAP
    if found.reason is Reason.KILLED:
        return _of_a_kill(snapshot)
    if found.reason is Reason.DESCRIPTORS:
        return _of_descriptors(snapshot, found)
    if found.reason is Reason.ERROR:
        return _of_an_error(str(found.typical))
    if found.reason is Reason.SIGNAL:
        return _of_a_signal(str(found.typical))
    log = Step("Read the last lines before the end.", "PM2", "shell", f"pm2 logs {name} --err --lines 200 --nostream")
    again = f"pm2 reset {name} && pm2 restart {name}"
    if found.reason is Reason.SUPERVISOR:
        return log, Step("Start it again when the cause is gone.", "PM2", "shell", again)
    return log, Step("Find who calls process.exit: let Node.js say so.", "", "shell", "node --trace-exit server.js")


_HEAP = (
    heap_snapshots.BEFORE_THE_END,
    Step("If the heap only needs more room than it has: give it up to 75% of the memory that the process may use."),
)  # fmt: skip


def _of_a_kill(snapshot: Snapshot) -> tuple[Step, ...]:
    return (
        Step("Ask the kernel whether memory was the reason.", "", "shell",
             "journalctl -k --since '-1 hour' | grep -iE 'out of memory|oom-kill|killed process'"),
        Step("In Kubernetes, the reason of the last end is OOMKilled then.", "Kubernetes", "shell",
             f"kubectl get pods -l app={label_of(snapshot.name)} -o jsonpath='{{..lastState.terminated.reason}}'"),
        Step("If it was memory: keep the heap below 75% of the limit, and look for growth on this page."),
    )  # fmt: skip


def _of_descriptors(snapshot: Snapshot, found: Crash) -> tuple[Step, ...]:
    if found.typical and OF_KERNEL in found.typical.exception:
        return kernel_files.doubled()
    script = shlex.quote(re.escape(PurePath(_script(snapshot)).name))
    return (
        Step("Count what is open, by kind, in the newest process of this script. Many of one kind that never close are "
             "a leak.", "", "shell", f"ls -l /proc/$(pgrep --newest --full {script})/fd {_KINDS}"),
        *linux.drop_in("If they follow the connections, allow more.", snapshot.name, "descriptors",
                       "[Service]\nLimitNOFILE=65536\n"),
    )  # fmt: skip


_KINDS = "| awk 'NR > 1 {print $NF}' | cut -d: -f1 | sort | uniq -c | sort -n"


def _of_an_error(how: str) -> tuple[Step, ...]:
    return (
        Step(f"Most ended {how}. Catch it where the promise is awaited or the call is made, and answer that one "
             "request with an error. Do not catch it for the whole process: what it left half done stays."),
        Step("Let Node.js write a report of the next one, with stack, heap and versions.", "", "shell",
             'NODE_OPTIONS="$NODE_OPTIONS --report-uncaught-exception --report-directory=/var/tmp" node server.js'),
    )  # fmt: skip


def _of_a_signal(how: str) -> tuple[Step, ...]:
    return (
        Step(f"Most ended {how}. JavaScript cannot do that; a native module can. Build them anew for this Node.js, "
             "then leave out one after the other.", "", "shell", "npm rebuild\nfind node_modules -name '*.node'"),
    )  # fmt: skip


def _slower(snapshot: Snapshot) -> tuple[Step, ...]:
    """Longer waits between attempts, whatever the cause."""
    return (
        Step("Meanwhile let PM2 wait longer after each attempt, up to 15 s, instead of starting at once. Where the "
             "line is there already, leave it.", pm2.PLATFORM, f"{pm2.FILE}, in the app's entry", _PM2),
        Step("Load it.", pm2.PLATFORM, "shell", f"pm2 reload {pm2.FILE}"),
        *linux.drop_in("Meanwhile let systemd wait between attempts and stop after ten in five minutes.", snapshot.name,
                       "attempts", SYSTEMD),
    )  # fmt: skip


def _script(snapshot: Snapshot) -> str:
    return next((p.instance.script for p in snapshot.processes if p.instance.script), "server.js")


_PM2 = """exp_backoff_restart_delay: 100, // ms; grows by half with each attempt, back to 0 after 30 s of life
"""

SYSTEMD = """[Unit]
StartLimitIntervalSec=300
StartLimitBurst=10

[Service]
Restart=on-failure
RestartSec=5
"""
