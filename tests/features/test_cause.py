"""cause: work, waiting or garbage collection."""

from __future__ import annotations

import pytest

from advisor.features import Snapshot
from advisor.features.cause import Cause, busy_at_least, cause_of_blocks, computing, ordinary_queue, own_share
from tests.additions import with_figures
from tests.builders import Load, Machine, snapshot


@pytest.mark.parametrize(
    ("load", "cause"),
    [
        (Load(elu=0.08, cpu=0.075, block=0.3), Cause.WORK),
        (Load(elu=0.08, cpu=0.05, block=0.3), Cause.WORK),
        (Load(elu=0.08, cpu=0.03, block=0.3), Cause.WAITING),
        (Load(elu=0.7, cpu=0.4, block=0.3), Cause.WAITING),
        (Load(elu=0.5, block=0.3, gc_pause=0.2), Cause.COLLECTION),
        (Load(elu=0.5, block=0.3, gc_pause=0.1), Cause.WORK),
        (Load(elu=0.0, rps=0.0, gc_pause=0.0), Cause.WORK),
    ],
)
def test_the_cause_is_read_from_cpu_time_and_pauses(load: Load, cause: Cause) -> None:
    assert cause_of_blocks(snapshot(load).processes[0], 600) is cause


@pytest.mark.parametrize(("system", "cause"), [(0.008, Cause.WORK), (0.045, Cause.WAITING)])
def test_what_the_kernel_computes_for_a_call_is_no_work_of_the_code(system: float, cause: Cause) -> None:
    """A file that is written and flushed at once: half of the time the disk works, most of the rest the kernel."""
    seen = snapshot(Load(elu=0.08, cpu=0.05, block=0.3))
    seen = with_figures(seen, cpu_main_system=system * seen.window.instances[0].track.spans)
    assert computing(seen.processes[0], 600) == pytest.approx(0.05 - system, abs=0.001)
    assert cause_of_blocks(seen.processes[0], 600) is cause


def test_where_nobody_tells_the_kernels_part_all_of_it_is_taken_for_the_code() -> None:
    assert computing(snapshot(Load(elu=0.08, cpu=0.05)).processes[0], 600) == pytest.approx(0.05, abs=0.001)


@pytest.mark.parametrize(("queued", "cause"), [(0.0, Cause.WAITING), (0.03, Cause.WORK)])
@pytest.mark.parametrize("machine", [Machine(cpu=0.3), Machine(cpu=0.85, pressure=0.2)])
def test_time_that_the_thread_waits_for_a_processor_is_known_where_the_kernel_tells_it(
    machine: Machine, queued: float, cause: Cause
) -> None:
    seen = snapshot(Load(elu=0.08, cpu=0.03, block=0.3), machine=machine)
    seen = with_figures(seen, cpu_wait=queued * seen.window.instances[0].track.spans)
    assert cause_of_blocks(seen.processes[0], 600, seen.machines[0]) is cause


@pytest.mark.parametrize("machine", [Machine(cpu=0.85), Machine(cpu=0.4, pressure=0.2), Machine(cpu=0.4, steal=0.1)])
def test_a_gap_on_a_crowded_host_is_not_blamed_on_the_code(machine: Machine) -> None:
    seen = snapshot(Load(elu=0.08, cpu=0.03, block=0.3), machine=machine)
    process = seen.processes[0]
    assert cause_of_blocks(process, 600) is Cause.WAITING
    assert cause_of_blocks(process, 600, seen.machine_of(process)) is Cause.WORK


def test_a_gap_on_an_idle_host_is_a_synchronous_call() -> None:
    seen = snapshot(Load(elu=0.08, cpu=0.03, block=0.3), machine=Machine(cpu=0.3))
    process = seen.processes[0]
    assert cause_of_blocks(process, 600, seen.machine_of(process)) is Cause.WAITING


def test_where_the_loop_is_not_measured_it_is_busy_at_least_while_it_is_blocked() -> None:
    calling, working = (
        _unmeasured(Load(elu=0.2, cpu=cpu, block=0.3, block_every=2.0)).processes[0] for cpu in (0.02, 0.18)
    )
    assert busy_at_least(calling, 600) == pytest.approx(0.15, abs=0.02)
    assert cause_of_blocks(calling, 600) is Cause.WAITING
    assert cause_of_blocks(working, 600) is Cause.WORK


def _unmeasured(load: Load) -> Snapshot:
    seen = snapshot(load)
    for column in ("loop_active", "loop_idle", "loop_utilization"):
        del seen.window.instances[0].track.values[column]  # type: ignore[attr-defined]  # a dict underneath
    return with_figures(seen, listening=1.0)


@pytest.mark.parametrize(
    ("load", "explains"),
    [
        (Load(elu=0.75, rps=60), True),
        (Load(elu=0.08, rps=3), False),
        (Load(elu=0.3, rps=2.0), False),
        (Load(elu=0.3, rps=0.0), False),
    ],
)
def test_a_queue_of_light_requests_explains_a_delay_and_heavy_ones_do_not(load: Load, explains: bool) -> None:
    assert (ordinary_queue(snapshot(load).processes[0], 600, 0.05) > 0.2) is explains


def test_a_quota_that_holds_it_back_leaves_open_whether_the_code_waits() -> None:
    seen = snapshot(Load(elu=0.3, cpu=0.03, block=0.3, block_every=2.0))
    held = with_figures(seen, cgroup_periods=100.0, cgroup_throttled=10.0)
    throttled = snapshot(Load(elu=0.3, cpu=0.03, block=0.3, block_every=2.0), machine=Machine(throttled=0.1))
    assert cause_of_blocks(seen.processes[0], 600, seen.machines[0]) is Cause.WAITING
    assert cause_of_blocks(held.processes[0], 600, held.machines[0]) is Cause.WORK
    assert cause_of_blocks(throttled.processes[0], 600, throttled.machines[0]) is Cause.WORK


@pytest.mark.parametrize(("waits", "machine", "share"), [
    (0.0, Machine(cpu=0.95, pressure=0.4), 1.0), (0.075, Machine(cpu=0.95, pressure=0.4), 1 / 3),
    (0.3, Machine(cpu=0.95, pressure=0.4), 1 / 9), (0.075, Machine(steal=0.1), 0.0),
])  # fmt: skip
def test_blocks_are_its_own_but_for_twice_the_usual_waits(waits: float, machine: Machine, share: float) -> None:
    seen = snapshot(Load(elu=0.15, cpu=0.075, block=0.3), machine=machine)
    seen = with_figures(seen, cpu_wait=waits * seen.window.instances[0].track.spans)
    assert own_share(seen.processes[0], 600, seen.machines[0]) == pytest.approx(share, abs=0.01)


def test_where_nobody_tells_of_waits_all_of_a_block_may_be_one() -> None:
    assert own_share(snapshot(Load(block=0.3)).processes[0], 600, None) == 0
