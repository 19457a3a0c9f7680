"""`python -m bench`: all subjects at once, in the same windows; once quiet, and once among a crowd.

QUICK=1 for a short look; PARTS=quiet, INTERVALS=10,5, PEERS=collectd,netdata, WINDOW=60 (seconds), WINDOWS=3 and
SETTLE=40 for some of it; BEFORE=DIRECTORY lets another checkout's agent run beside this one's.
Every Node.js process of the machine is looked at. Where others run, give the bench a machine of its own, as root:
`unshare --pid --net --fork --mount-proc sh -c "ip link set lo up; make bench-agent"`.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench import machine, peers, report
from bench.figures import Figure
from bench.options import LOADED, QUIET, OptionError, Options
from bench.ours import BEFORE, OURS, Authority, Installed, ours, ours_with_tls
from bench.subject import Place, Running, Subject
from bench.surroundings import Crowd, Services
from bench.windows import measure
from bench.wires import Sink

_PEERS_PYTHON = Path(__file__).parent / ".peers" / "bin" / "python"
_NEVER = 7200.0
_TITLES = {
    QUIET: "10 Node.js services, 5 requests a second each",
    LOADED: "The same among 640 processes, 4,000 sockets",
}
_BEGAN = time.monotonic()


def main() -> int:
    """Exit status: 0 done, 2 an option is wrong or something that all need is missing."""
    try:
        options = Options(os.environ, sys.argv[1:])
    except OptionError as error:
        print(error, file=sys.stderr)
        return 2
    if not shutil.which("node"):
        print("Node.js is missing: the services that the agents look at need it.", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with ExitStack() as stack:
        run(options, stack)
    return 0


def run(options: Options, stack: ExitStack) -> None:
    """Measure and tell."""
    heading = machine.described() + ("; a quick look, which proves nothing" if options.is_quick else "")
    print(heading, flush=True)
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-agent-")))
    stack.enter_context(_ending(Services()))
    running = _start(list(_subjects(options, folder)), options, folder, stack)
    tables, figures = [], []
    for part in options.parts:
        if part == LOADED:
            stack.enter_context(_ending(Crowd(_NEVER)))
        text, found = _part(part, running, options)
        print(f"\n{text}", flush=True)
        tables.append(text)
        figures += found
    if options.file:
        options.file.write_text("\n".join(["# What the agent costs", "", heading, "", *tables]))
    for line in figures:
        print(json.dumps(line))


def _subjects(options: Options, folder: Path) -> Iterator[Subject]:
    """Ours, then the peers that are there; those that are not are named."""
    installed = Installed(folder / "installed")
    progress(f"our agent takes {installed.size / 1e6:.2f} MB on the disk")
    yield ours(installed)
    try:
        yield ours_with_tls(installed, Authority(folder / "authority"))
    except OSError as error:
        progress(f"left out: ours with TLS ({error}; apt install openssl)")
    if options.before:
        yield ours(Installed(folder / "before", options.before / "agents" / "python" / "src"), BEFORE)
    for peer in peers.found():
        if options.peers is None or peer.name in options.peers:
            missing = peer.missing(_PEERS_PYTHON)
            if missing:
                progress(f"left out: {peer.name} ({missing})")
            else:
                yield peer


def _start(subjects: list[Subject], options: Options, folder: Path, stack: ExitStack) -> list[Running]:
    running = []
    for subject in subjects:
        for every in [1] if subject.is_fixed else options.intervals:
            place = Place(folder / f"{subject.name.replace(', ', '-')}-{every}", every, _PEERS_PYTHON)
            running.append(Running(subject, place))
            stack.callback(running[-1].stop)
    return running


def _part(part: str, running: list[Running], options: Options) -> tuple[str, list[Figure]]:
    seconds = max(options.settle, 2 * max(options.intervals))  # each has to have sent something by then
    progress(f"{part}: {len(running)} subjects settle for {seconds} s")
    time.sleep(seconds)
    alive = [subject for subject in running if not subject.trouble]
    for subject in running:
        if subject.trouble:
            progress(f"left out: {subject.subject.name} at {subject.every} s ({subject.trouble})")
    summaries = measure(alive, options.windows, options.window, progress)
    figures = report.cpu(part, summaries)
    sink = _sink_of_ours(alive)
    if part == QUIET:
        figures += report.memory_and_wire(summaries, sink.points())
    covers = {subject.subject.name: subject.subject.covers for subject in running}
    note = (
        f"Ours sends {sink.points()} points of the host and of {len(sink.resources()) - 1} Node.js processes at a look."
    )
    return report.table(_TITLES[part], summaries, covers, note), figures


def _sink_of_ours(running: Iterable[Running]) -> Sink:
    """That of our agent where it looks least often. OSError if it sends nothing."""
    for subject in running:
        if subject.subject.name == OURS and isinstance(subject.wire, Sink):
            return subject.wire
    raise OSError("our agent sends nothing")


@contextmanager
def _ending(surroundings: Services | Crowd) -> Iterator[None]:
    try:
        yield
    finally:
        surroundings.close()


def progress(text: str) -> None:
    """What happens now."""
    print(f"{time.monotonic() - _BEGAN:5.0f} s  {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
