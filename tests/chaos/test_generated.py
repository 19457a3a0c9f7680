"""Whatever is sent, the answer says what became of it, and nothing of it stays behind in the process.

`ADVISOR_GENERATED_INPUTS` says how many inputs there are for each database; `make test-long` asks for 100,000.
Hypothesis invents some of them, which takes longer than to answer them; each is sent as it is, and changed many times
by a generator of random numbers. Each round has a seed of its own, which a failure shows; `ADVISOR_SEED` begins with
that.
"""

from __future__ import annotations

import os
import random
import statistics
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from advisor.ingest.meaning import CACHED
from tests.chaos import accounted, inputs, mutations, wire_inputs
from tests.chaos.asker import Request
from tests.chaos.inputs import START
from tests.chaos.session import Session
from tests.chaos.topology import Product
from tests.chaos.witness import MIB
from tests.ingest.exports import PROCESS, body, gauge, number, resource

pytestmark = pytest.mark.processes

INPUTS = int(os.environ.get("ADVISOR_GENERATED_INPUTS", "1000"))
SEED = int(os.environ.get("ADVISOR_SEED", time.time_ns()))

FULL = 100_000
"""From so many inputs on time and memory are judged: fewer do not fill what the process remembers of its senders."""

OF_EACH = 20 if INPUTS >= FULL else 5
"""Inputs that are made of each that hypothesis invents, itself among them: it invents 5,000 of 100,000."""

ROUND = 50
"""Examples of hypothesis in a round. It begins with the simplest, so rounds must not be too short."""

_AT_ONCE = 2_500
"""Points of a body that are new in every way; a body may have 20,000 objects, and each point is five."""

TOLD_EVERY = 10.0
"""Seconds between two lines on how far it is."""

invented = st.one_of(*[inputs.json_requests(), wire_inputs.protobuf_requests()] * 3, inputs.noise)


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_every_input_is_answered_and_accounted_for(
    short_folder: Path, database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    product = Product(short_folder, database)
    try:
        session = Session(product)
        _fill(session)
        with capsys.disabled():
            memory = _asked(session, INPUTS)
        complaints = session.complaints()
    finally:
        product.stop()
    slow = complaints.pop("slow", [])
    _tell(session, memory, len(slow))
    assert complaints == {}
    if INPUTS >= FULL:
        assert _growth(memory) <= _noise(memory)
        assert slow == []


@pytest.mark.parametrize(
    ("sabotage", "complaint"),
    [
        ("fail_now_and_then", "unexpected"),
        ("reject_silently", "kept and rejected are not what was sent"),
        ("take_long_now_and_then", "slow"),
    ],
)
def test_a_broken_promise_is_noticed(short_folder: Path, sabotage: str, complaint: str) -> None:
    product = Product(short_folder, "sqlite")
    product.sabotage = sabotage
    try:
        session = Session(product)
        _asked(session, 500)
        complaints = session.complaints()
    finally:
        product.stop()
    assert complaints[complaint]


@pytest.mark.parametrize("a_round", [0, 1, 300])
def test_memory_that_grows_is_told_from_memory_that_comes_and_goes(a_round: int) -> None:
    """Bytes that each of a hundred rounds leaves behind, beside two mebibytes that come and go."""
    chance = random.Random(7)
    memory = [100 * MIB + chance.randrange(2 * MIB) + number * a_round * 1024 for number in range(100)]
    assert (_growth(memory) > _noise(memory)) == (a_round == 300)


def _fill(session: Session) -> None:
    """Have all remembered of attributes that there is room for.

    It is 7 MiB, measured with and without. They would come bit by bit, and look like growth.
    """
    for first in range(0, 2 * CACHED, _AT_ONCE):
        points = [number(1.0, at=START, attrs={"number": str(first + place)}) for place in range(_AT_ONCE)]
        session.ask([Request(body(resource(PROCESS, gauge("process.memory.usage", *points))))])
    assert session.statuses == {200: session.statuses.total()}


def _asked(session: Session, inputs: int) -> list[int]:
    """Ask so many, as long as all answers are as they should be; bytes of memory that are held after each round."""
    memory, told_at = list[int](), time.monotonic()
    for place in range(max(1, inputs // (ROUND * OF_EACH))):
        _round(session, SEED + place)
        memory.append(session.witness.rss)
        if session.unexpected:
            break
        if time.monotonic() - told_at >= TOLD_EVERY:
            told_at = time.monotonic()
            sys.stderr.write(f"\n{session.product.database}: {session.statuses.total():,} of {inputs:,} inputs")
    return memory


def _round(session: Session, number: int) -> None:
    """Ask what hypothesis invents, and many times what is much like it."""
    last = Request(b"{}")

    @seed(number)
    @settings(
        max_examples=ROUND,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(invented, st.integers(0, 2**48))
    def ask(request: Request, number: int) -> None:
        nonlocal last
        chance = random.Random(number)
        like_it = [_like(request, last, chance) for _ in range(OF_EACH - 1)]
        session.ask([wire_inputs.layered(one, chance) for one in (request, *like_it)])
        last = request

    ask()


def _like(request: Request, last: Request, chance: random.Random) -> Request:
    """The request or a recording with something else in it, or one of which every point is known."""
    kind = chance.random()
    if kind < 0.25:
        return accounted.made(chance)
    return mutations.mutated(mutations.recording(chance) if kind < 0.5 else request, last, chance)


def _growth(memory: list[int]) -> float:
    """Bytes by which the second half of a run lies above its first, without the tenth in which the process settles."""
    settled = memory[len(memory) // 10 :]
    half = len(settled) // 2
    return statistics.median(settled[half:]) - statistics.median(settled[:half])


def _noise(memory: list[int]) -> float:
    """Bytes between the tenth lowest and the tenth highest of the second half: what comes and goes without growing."""
    deciles = statistics.quantiles(memory[len(memory) // 2 :], n=10)
    return max(MIB, deciles[-1] - deciles[0])


def _tell(session: Session, memory: list[int], still_slow: int) -> None:
    slow = f"slowest {session.slowest:.3f} s, {len(session.slow)} slow, {still_slow or 'none'} of them alone too"
    sizes = [round(size / MIB, 1) for size in memory[:: max(1, len(memory) // 20)]]
    sys.stderr.write(f"seed {SEED}: {dict(session.statuses)}, {slow}, MiB {sizes}\n")
