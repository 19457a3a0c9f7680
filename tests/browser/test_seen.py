"""Real trouble on this machine, seen by a real agent and probe, and shown where a person would look for it."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from advisor.fleet import tokens
from advisor.fleet.models import Host, Token
from tests.browser.conftest import needs

pytestmark = pytest.mark.browser

PATIENCE = 90_000
TROUBLES = Path(__file__).parent / "troubles"
PROBE = Path(__file__).parents[2] / "agents" / "node"
CPU_GROUPS = Path("/sys/fs/cgroup/cpu")
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="mounting and control groups need root")

Trouble = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def agent(server: str, tmp_path: Path) -> Iterator[str]:
    """An agent of this machine that reports each second; the address that probes report to."""
    _, secret = tokens.make(Token.Kind.HOST, name="seen")
    with socket.create_server(("127.0.0.1", 0)) as free:
        listen = f"127.0.0.1:{free.getsockname()[1]}"
    settings = {"ADVISOR_SERVER": server, "ADVISOR_TOKEN": secret, "ADVISOR_STATE_DIR": str(tmp_path / "state")}
    environment = os.environ | settings | {"ADVISOR_INTERVAL": "1", "ADVISOR_LISTEN": listen, "HOME": str(tmp_path)}
    with subprocess.Popen([sys.executable, "-m", "advisor_agent", "run"], env=environment) as running:
        yield f"http://{listen}"
        running.terminate()


@pytest.fixture
def trouble() -> Iterator[Trouble]:
    """Starts a script of `troubles` as a service that is named after it."""
    needs(Path(shutil.which("node") or "/nonexistent/node"), "Node.js")
    running: list[subprocess.Popen[bytes]] = []

    def start(script: str, **environment: str) -> subprocess.Popen[bytes]:
        named = {"OTEL_SERVICE_NAME": Path(script).stem, **environment}
        running.append(subprocess.Popen(["node", str(TROUBLES / script)], env=os.environ | named))
        return running[-1]

    yield start
    for process in running:
        process.terminate()  # a supervisor takes its child along
        process.wait()


def open_service(page: Page, name: str) -> None:
    """The page of a service, by the way a person takes: the fleet, as soon as it stands there."""
    page.goto("/")
    page.get_by_role("link", name=name, exact=True).click(timeout=PATIENCE)
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def open_host(page: Page) -> None:
    page.goto("/hosts/")
    page.get_by_role("link", name=socket.gethostname(), exact=True).click(timeout=PATIENCE)


def card(page: Page, chart: str) -> Locator:
    found = page.locator(f"[data-card={chart}]")
    found.scroll_into_view_if_needed(timeout=PATIENCE)
    return found


def test_a_process_that_leaks_descriptors(page: Page, agent: str, trouble: Trouble) -> None:
    trouble("leak.js")
    open_service(page, "leak")
    expect(card(page, "descriptors").locator("[data-now]")).to_have_text(re.compile(r"^8\d\d$"), timeout=PATIENCE)
    card(page, "descriptors").get_by_text("Show as table").click()
    expect(card(page, "descriptors").get_by_role("columnheader", name="files")).to_be_visible()
    expect(page.locator("[data-live=processes]")).to_contain_text(re.compile(r"8\d\d of [\d,]+"))


def test_two_thousand_idle_websockets(page: Page, agent: str, trouble: Trouble) -> None:
    trouble(
        "idle-sockets.js", NODE_OPTIONS=f"--require {PROBE}", ADVISOR_PROBE_ENDPOINT=agent, ADVISOR_PROBE_INTERVAL="1"
    )
    open_service(page, "idle-sockets")
    expect(card(page, "websockets").locator("[data-now]")).to_have_text("2,000", timeout=PATIENCE)
    expect(card(page, "connections").locator("[data-now]")).to_have_text(re.compile(r"^2,00\d$"), timeout=PATIENCE)


def test_a_cluster_of_four_workers(page: Page, agent: str, trouble: Trouble) -> None:
    trouble("crew.js")
    open_service(page, "crew")
    rows = page.locator("[data-live=processes] tbody tr")
    expect(rows).to_have_count(5, timeout=PATIENCE)
    expect(rows.filter(has_text="primary")).to_have_count(1)
    expect(rows.filter(has_text="worker")).to_have_count(4)


def test_a_crash_loop_with_its_exit_codes(page: Page, agent: str, trouble: Trouble) -> None:
    trouble("supervisor.js")
    open_service(page, "crasher")
    lives = page.locator("[data-live=lives]")
    expect(lives).to_contain_text(re.compile(r"Ended \d+ times in the last .*exit code 3"), timeout=PATIENCE)
    expect(lives.locator("tbody tr").filter(has_text="Exit code 3").nth(2)).to_be_visible(timeout=PATIENCE)


@needs_root
def test_a_disk_that_fills(page: Page, agent: str, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(disk)], check=True)
    try:
        open_host(page)
        row = page.locator("[data-live=filesystems] tr").filter(has_text=str(disk))
        expect(row).to_contain_text("0 B of 8.39 MB", timeout=PATIENCE)
        (disk / "log").write_bytes(bytes(7 << 20))
        expect(row).to_contain_text("88%", timeout=PATIENCE)
        expect(page.locator("[data-live=heading]")).to_contain_text(f"{disk} 88% full")
        expect(card(page, "machine_disk_space").locator("[data-now]")).to_have_text("88%", timeout=PATIENCE)
    finally:
        subprocess.run(["umount", str(disk)], check=True)


@needs_root
@pytest.mark.skipif(not CPU_GROUPS.is_dir(), reason="no control groups of version 1 on this machine")
def test_a_quota_that_holds_a_service_back(page: Page, agent: str, trouble: Trouble) -> None:
    group = CPU_GROUPS / f"advisor-seen-{os.getpid()}"
    group.mkdir()
    try:
        (group / "cpu.cfs_quota_us").write_text("20000")
        process = trouble("hungry.js")
        (group / "cgroup.procs").write_text(str(process.pid))
        open_service(page, "hungry")
        throttled = card(page, "processor_waits")
        throttled.get_by_text("Show as table").click()
        expect(throttled.get_by_role("columnheader").nth(2)).to_have_text("held back by a quota, %", timeout=PATIENCE)
        mostly = re.compile(r"^([89]\d(\.\d+)?|100)$")
        expect(throttled.locator("tbody tr").first.locator("td").nth(2)).to_have_text(mostly, timeout=PATIENCE)
        process.kill()
        process.wait()
    finally:
        group.rmdir()


def test_the_host_is_this_machine(page: Page, agent: str) -> None:
    open_host(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(socket.gethostname(), timeout=PATIENCE)
    expect(page.locator("[data-live=heading]")).to_contain_text(re.compile(r"of \d+ cores in use"), timeout=PATIENCE)
    expect(page.locator("[data-live=agent]")).to_contain_text("of one core and", timeout=PATIENCE)
    assert Host.objects.count() == 1
