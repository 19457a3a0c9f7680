"""node:cluster: a real Node.js shares requests out, replaces what ends, and stops without loss."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
import urllib.request
from pathlib import Path
from queue import Queue

import pytest

from advisor.diagnosis.recipes.node_cluster import FILE, primary, steps
from tests.strategies.tools.node import PATIENCE, running

SERVICE = """import { createServer } from "node:http";
export const server = createServer((request, response) => {
  const end = () => response.end(String(process.pid));
  if (request.url !== "/slow") return end();
  console.log("asked");
  process.once("SIGTERM", end);
});
server.listen(0, "127.0.0.1", () => console.log(`${process.pid} ${server.address().port}`));
"""

SLOW = SERVICE.replace('process.once("SIGTERM", end)', "setTimeout(end, 500)")

pytestmark = pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="one processor runs one worker")


def _made(folder: Path, service: str = SERVICE) -> Path:
    (folder / "server.mjs").write_text(service)
    script = folder / FILE
    script.write_text(primary("server.mjs", 2))
    return script


def _listening(process: subprocess.Popen[str]) -> tuple[int, int]:
    """The pid of the next worker that listens, and its port."""
    assert process.stdout is not None
    pid, port = process.stdout.readline().split()
    return int(pid), int(port)


def _ask(port: int, path: str = "/") -> int:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=PATIENCE) as answer:
        return int(answer.read())


def test_requests_are_shared_out_and_a_lost_worker_is_replaced(tmp_path: Path) -> None:
    with running(_made(tmp_path)) as process:
        (first, port), (second, _) = _listening(process), _listening(process)
        assert {_ask(port) for _ in range(4)} == {first, second}
        os.kill(first, signal.SIGKILL)
        third, _ = _listening(process)
        assert {_ask(port) for _ in range(4)} == {second, third}


def test_a_hangup_replaces_each_worker(tmp_path: Path) -> None:
    with running(_made(tmp_path)) as process:
        (first, port), (second, _) = _listening(process), _listening(process)
        process.send_signal(signal.SIGHUP)
        third, fourth = _listening(process)[0], _listening(process)[0]
        process.send_signal(signal.SIGHUP)
        _listening(process)
        assert len({first, second, third, fourth}) == 4
        assert _ask(port) not in {first, second}


@pytest.mark.parametrize("service", [SERVICE, SLOW], ids=["signal to the primary", "signal to all, as of systemd"])
def test_an_open_request_is_answered_before_the_end(service: str, tmp_path: Path) -> None:
    with running(_made(tmp_path, service)) as process:
        (first, port), (second, _) = _listening(process), _listening(process)
        answers: Queue[int] = Queue()
        thread = threading.Thread(target=lambda: answers.put(_ask(port, "/slow")))
        thread.start()
        assert process.stdout is not None
        assert process.stdout.readline() == "asked\n"
        for pid in (first, second) if service is SLOW else ():
            os.kill(pid, signal.SIGTERM)
        process.terminate()
        assert answers.get(timeout=PATIENCE) > 0
        assert process.wait(PATIENCE) == 0
        thread.join()


def test_a_release_that_does_not_start_leaves_the_old_workers(tmp_path: Path) -> None:
    with running(_made(tmp_path)) as process:
        (first, port), (second, _) = _listening(process), _listening(process)
        (tmp_path / "server.mjs").write_text("process.exit(3);\n")
        process.send_signal(signal.SIGHUP)
        assert process.stderr is not None
        assert "the old ones stay" in process.stderr.readline()
        assert {_ask(port) for _ in range(4)} == {first, second}
        (tmp_path / "server.mjs").write_text(SERVICE)
        process.send_signal(signal.SIGHUP)
        third, fourth = _listening(process)[0], _listening(process)[0]
        assert len({first, second, third, fourth}) == 4
        process.terminate()
        assert process.wait(PATIENCE) == 0
        assert process.stdout is not None
        assert process.stdout.read() == "", "no worker more than two were started"


def test_a_worker_that_cannot_start_is_tried_less_and_less_often(tmp_path: Path) -> None:
    with running(_made(tmp_path, "process.exit(3);\n")) as process:
        assert process.stderr is not None
        waits = [int(re.findall(r"ended \(3\), next try in (\d+) ms", process.stderr.readline())[0]) for _ in range(6)]
        assert waits == sorted(set(waits))
        assert waits[-1] == 50 * 2**6
        process.terminate()
        assert process.wait(PATIENCE) == 0


def test_the_steps_name_the_script_and_never_more_workers_than_processors() -> None:
    told = steps("app.js", 3)
    assert "instead of app.js" in told[1].text
    assert "Math.min(3, availableParallelism())" in told[1].code
    assert 'await import("./app.js")' in told[1].code
    assert 'await import("/srv/a\\"b.js")' in primary('/srv/a"b.js', 3)
