"""raise-limit: sized by peak and growth; vetoed for leaks; its commands read by a shell."""

from __future__ import annotations

import math
import resource
import subprocess
from functools import partial
from pathlib import Path

import pytest

from advisor.diagnosis import Evidence
from advisor.features import Snapshot
from advisor.vocabulary.events import EXITED
from tests import rulings
from tests.additions import happened, with_events, with_figures, with_host_figures, with_recalled
from tests.answers import expected, option, rejection
from tests.builders import Load, Senders, service, snapshot
from tests.pasts import Level, Past, level, with_past
from tests.strategies.tools.node import program
from tests.strategies.tools.shell import read
from tests.strategies.tools.sysctl import understood as understood_by_sysctl

EXHAUSTED, LEAKING, SATURATED = "descriptor-exhaustion", "descriptor-leak", "event-loop-saturated"
SOCKETS = "websocket-capacity"

offered = partial(option, "raise-limit", EXHAUSTED)
refused = partial(rejection, "raise-limit", EXHAUSTED)


def crowded(share: float = 0.85, *, limit: float = 1024.0, connected: float = 0.9, name: str = "shop") -> Snapshot:
    """A process whose connections fill its limit."""
    seen = with_figures(
        snapshot(Load(), name=name), fd_open=share * limit, fd_limit=limit, connections=connected * share * limit
    )
    return with_recalled(seen, EXHAUSTED, service())


def grown(fd_open: Level, connections: Level, now: float, hours: float = 2.5) -> Snapshot:
    seen = with_figures(snapshot(Load()), fd_open=now, fd_limit=1024.0, connections=now * 0.9)
    return with_past(seen, EXHAUSTED, Past(hours, 120.0, {"fd_open": fd_open, "connections": connections}, noise=0.0))


@pytest.mark.parametrize(("share", "limit", "wanted"), [
    (0.85, 1024, "2,048"), (0.95, 1024, "2,048"), (0.85, 4096, "8,192"), (0.99, 60_000, "131,072"),
    (0.6, 1000, "2,048"),
])  # fmt: skip
def test_it_leaves_room_for_as_many_again(share: float, limit: float, wanted: str) -> None:
    assert offered(crowded(share, limit=limit)).title.startswith(f"Let each process open {wanted} descriptors instead")


def test_what_came_on_top_is_added() -> None:
    found = offered(grown(level(100, 300), level(60, 300), now=850))
    assert "4,096" in found.title
    assert "came on top" in found.why


def test_the_effect_is_open_over_the_new_limit() -> None:
    now = expected(offered(crowded(0.85)), "fd_ratio")
    assert now.now == pytest.approx(0.85)
    assert now.low is not None
    assert now.high is not None
    assert now.low < 0.85 / 2 < now.high < 0.5


def test_a_leak_is_vetoed() -> None:
    leak = grown(level(60, 200), level(50), now=560)
    assert "nobody closes them" in refused(leak)
    past = Past(4, 300.0, {"fd_open": level(60, 120), "connections": level(40)})
    seen = with_figures(snapshot(Load()), fd_open=500.0, fd_limit=1024.0, connections=450.0)
    assert "nobody closes them" in rejection("raise-limit", LEAKING, with_past(seen, LEAKING, past))


@pytest.mark.parametrize("limit", [1024.0, 65_536.0])
def test_descriptors_that_are_no_connections_are_looked_at_first(limit: float) -> None:
    found = offered(crowded(limit=limit, connected=0.39))
    assert found.title == "Look first what process 1010 has open: 39% are connections from outside"
    assert found.steps[0].code.startswith("ls -l /proc/1010/fd")
    assert "response.body?.cancel()" in found.steps[1].code
    assert f"Only if all of it is in use, let the process open {2 * limit:,.0f}" in found.steps[2].text
    assert offered(crowded(connected=0.41)).title.startswith("Let each process open")


@pytest.mark.parametrize(("sockets", "says"), [
    (0.0, "783 are open, and 60 requests a second of 6"), (700.0, "83 are open, and 60 requests a second of 6"),
])  # fmt: skip
def test_connections_that_nobody_uses_are_closed_later_than_a_balancer_does(sockets: float, says: str) -> None:
    step = offered(with_figures(crowded(), websockets=sockets)).steps[-1]
    assert says in step.text
    assert "keep 1 at work" in step.text
    assert "closeIdle(server, idle = 65, quiet = 120)" in step.code
    assert ("700 WebSockets stay" in step.text) is (sockets > 0)


def test_websockets_and_files_are_not_closed() -> None:
    for found in (
        offered(with_figures(crowded(), websockets=783.4)),
        offered(crowded(connected=0.2)),
        rulings.offered("raise-limit", SOCKETS, crowded(), *_sockets(descriptors=800)),
    ):
        assert all(step.file != "idle.mjs" for step in found.steps)


def test_few_of_them_are_left_alone_whatever_they_are() -> None:
    assert "has 502 of 1,024 open, 49%" in refused(crowded(0.49, connected=0.1))
    assert "Only 39% of 870" in rulings.refused("raise-limit", SOCKETS, crowded(connected=0.39))


@pytest.mark.parametrize("ago", [200, 3_000])
def test_a_process_that_ended_without_one_was_at_its_limit(ago: float) -> None:
    ended = with_events(crowded(0.3), happened(EXITED.name, ago, exception="Error EMFILE"))
    found = offered(ended)
    assert found.title == "Let each process open 2,048 descriptors instead of 1,024"
    assert found.why.startswith("A process ended at its limit of 1,024, and process 1010 had up to 307 open")


@pytest.mark.parametrize("code", ["EMFILE", "ENFILE"])
def test_an_end_of_long_ago_says_nothing_of_now(code: str) -> None:
    old = with_events(crowded(0.3), happened(EXITED.name, 3_700, exception=f"Error {code}"))
    assert "has 307 of 1,024 open" in refused(old)


@pytest.mark.parametrize(("share", "ago"), [(0.3, 200), (0.85, 200), (0.3, 3_000)])
def test_an_end_at_the_limit_of_the_kernel_does_not_raise_that_of_the_process(share: float, ago: float) -> None:
    found = offered(with_events(crowded(share), happened(EXITED.name, ago, exception="Error ENFILE")))
    assert found.title == "Let the kernel open twice as many descriptors as now"
    assert found.why.startswith("A process ended because the table of its kernel was full (ENFILE). At that limit no")
    assert any("fs.file-max" in step.code for step in found.steps)
    assert all("NOFILE" not in step.code for step in found.steps)
    assert not found.expected


@pytest.mark.parametrize("others", [(), ("EMFILE",)])
def test_a_kernel_at_whose_limit_a_process_ended_was_full_whatever_is_open_now(others: tuple[str, ...]) -> None:
    ends = (happened(EXITED.name, 200, exception=f"Error {code}") for code in (*others, "ENFILE"))
    found = offered(with_events(full_kernel(30_000.0, 0.3), *ends))
    assert found.title == "Let the kernel of web-1 open 262,144 descriptors instead of 100,000"
    assert "(ENFILE). All programs of web-1 together have 30,000 open, 30% of what" in found.why


def two_machines(second: float) -> Snapshot:
    """A full process on the first machine, a roomy one on the second, whose kernel has so many open."""
    seen = with_host_figures(snapshot(Load(), hosts=2), fd_open=9_000.0, fd_limit=100_000.0)
    seen.machines[1].track.values["fd_open"][:] = second
    for place, share in enumerate((0.85, 0.1)):
        seen = with_figures(seen, place, fd_open=share * 1024, fd_limit=1024.0, connections=share * 900)
    return with_recalled(seen, EXHAUSTED, service())


def test_who_has_how_many_of_a_kernel_is_a_process_of_its_machine() -> None:
    found = offered(two_machines(95_000.0))
    assert found.title.startswith("Let the kernel of web-2 open")
    assert "; process 1020 has 102 of them." in found.why


def test_a_kernel_without_a_process_that_tells_is_told_of_all_the_same() -> None:
    silent = with_figures(two_machines(95_000.0), 1, fd_open=math.nan)
    assert "of what its kernel allows. At that limit" in offered(silent).why


def test_the_kernel_is_that_of_the_machine_where_the_process_ended() -> None:
    """The other one is fuller now."""
    ended = with_events(two_machines(60_000.0), happened(EXITED.name, 200, exception="Error ENFILE"))
    assert offered(ended).title == "Let the kernel of web-1 open 262,144 descriptors instead of 100,000"


def full_kernel(used: float, share: float = 0.85) -> Snapshot:
    return with_host_figures(crowded(share), fd_open=used, fd_limit=100_000.0)


@pytest.mark.parametrize(("used", "share", "limit"), [
    (95_000.0, 0.3, "262,144"), (81_000.0, 0.85, "262,144"), (72_000.0, 0.3, "262,144"), (60_000.0, 0.3, "131,072"),
])  # fmt: skip
def test_a_full_table_of_the_kernel_is_made_larger(used: float, share: float, limit: str, tmp_path: Path) -> None:
    found = offered(full_kernel(used, share=share))
    now = expected(found, "fd_kernel")
    assert found.title == f"Let the kernel of web-1 open {limit} descriptors instead of 100,000"
    assert now.high is not None
    assert now.high < 0.55
    setting = next(step.code for step in found.steps if step.file.endswith("60-file-max.conf"))
    assert understood_by_sysctl(setting, tmp_path) == (f"fs.file-max = {limit.replace(',', '')}\n", "")


def test_a_roomy_kernel_is_left_alone() -> None:
    assert all("process open 2,048" in offered(full_kernel(79_000.0, share)).title for share in (0.6, 0.85))
    ended = happened(EXITED.name, 200, exception="Error EMFILE")
    assert "process open 2,048" in offered(with_events(full_kernel(60_000.0, 0.3), ended)).title
    assert "has 307 of 1,024 open" in refused(full_kernel(49_000.0, share=0.3))
    assert "has 307 of 1,024" in rejection("raise-limit", SATURATED, full_kernel(95_000.0, share=0.3))


def test_a_high_limit_is_not_raised_further() -> None:
    assert "may already open 65,536" in refused(crowded(limit=65_536.0))


def test_a_limit_that_is_half_empty_is_left_alone() -> None:
    assert "has 502 of 1,024 open, 49%" in refused(crowded(0.49))
    assert "may already open 65,536" in rejection("raise-limit", SATURATED, snapshot())


def test_it_needs_the_agent() -> None:
    seen = with_recalled(snapshot(senders=Senders(agent=False)), EXHAUSTED, service())
    assert "0 processes report" in refused(seen)


def test_without_a_count_of_connections_it_is_less_sure() -> None:
    seen = crowded()
    for column in ("connections", "websockets"):
        del seen.window.instances[0].track.values[column]  # type: ignore[attr-defined]  # a dict underneath
    assert offered(seen).confidence < offered(crowded()).confidence
    assert "nobody counts the connections here" in offered(seen).steps[0].text


def test_a_shell_can_read_its_commands() -> None:
    assert len(read(offered(crowded(name="it's mine")).steps)) == 4


def test_node_raises_its_soft_limit_to_the_hard_one() -> None:
    """So the hard limit is the one to set, as the steps say."""
    hard = min(resource.getrlimit(resource.RLIMIT_NOFILE)[1], 4096)
    told = subprocess.run(
        [program(), "-p", "require('fs').readFileSync('/proc/self/limits', 'utf8').match(/open files +(\\d+)/)[1]"],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard)),
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert int(told.stdout) == hard


def _sockets(**carried: float) -> tuple[Evidence, ...]:
    return tuple(Evidence(f"capacity_{name}", name, sockets, "{connection}") for name, sockets in carried.items())


def test_sockets_that_fill_descriptors_first_get_more_of_them() -> None:
    found = rulings.offered("raise-limit", SOCKETS, crowded(), *_sockets(loop=4_000, descriptors=800))
    assert found.title.startswith("Let each process open 2,048 descriptors")


def test_sockets_that_fill_something_else_first_do_not() -> None:
    reason = rulings.refused("raise-limit", SOCKETS, crowded(), *_sockets(loop=700, descriptors=800))
    assert reason == "The event loop of a process allows 700 WebSockets, less than its descriptors do."
