"""Whatever is sent, the answer says what became of it, and nothing of it stays behind in the process.

`ADVISOR_GENERATED_INPUTS` says how many inputs there are for each database; `make test-long` asks for 100,000. Each
round of them has a seed of its own, which a failure shows; `ADVISOR_SEED` begins with that.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from tests.chaos import accounted, inputs, mutations, wire_inputs
from tests.chaos.asker import Request
from tests.chaos.session import Session
from tests.chaos.topology import Product
from tests.chaos.witness import MIB

pytestmark = pytest.mark.processes

INPUTS = int(os.environ.get("ADVISOR_GENERATED_INPUTS", "1000"))
SEED = int(os.environ.get("ADVISOR_SEED", time.time_ns()))
ROUND = 200

ANSWERS = {200, 400, 413}
"""Of those that are documented, what a good token with a known encoding may get where the database is there."""

FULL = 100_000
"""From so many inputs on time and memory are judged: fewer do not fill what the process remembers of its senders."""

MOST_SECONDS = 0.25
"""The longest that an answer may take (reliability goals, D2)."""

seeds = st.integers(0, 2**48)
everything = wire_inputs.layered(
    st.one_of(
        inputs.json_requests(),
        wire_inputs.protobuf_requests(),
        seeds.map(mutations.with_other_bytes),
        seeds.map(mutations.with_other_values),
        accounted.requests(),
        inputs.noise,
    )
)


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_every_input_is_answered_and_accounted_for(short_folder: Path, database: str) -> None:
    product = Product(short_folder, database)
    try:
        session = Session(product)
        memory = [_round(session, SEED + number) for number in range(max(1, INPUTS // ROUND))]
        found, files = session.stored(), session.witness.files
        longest = session.asked_again(3)
    finally:
        product.stop()
    _tell(session, memory, longest)
    assert {200, 400} <= set(session.statuses) <= ANSWERS
    assert found["odd"] == []
    assert found["kept"] + session.rejected == session.sent
    assert found["left_out"] == session.left_out
    assert files == []
    if INPUTS >= FULL:
        assert _growth(memory) <= _noise(memory)
        assert longest[-1][0] <= MOST_SECONDS, longest[-1]


def _round(session: Session, number: int) -> int:
    """Ask so many inputs; bytes of memory that the process has afterwards."""

    @seed(number)
    @settings(max_examples=ROUND, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(everything)
    def ask(request: Request) -> None:
        answer = session.ask(request)
        assert answer.status in ANSWERS, (answer, request)

    ask()
    return session.witness.rss


def _growth(memory: list[int]) -> float:
    """Bytes by which the second half of a run lies above its first, without the tenth in which the process settles."""
    settled = memory[len(memory) // 10 :]
    half = len(settled) // 2
    return statistics.median(settled[half:]) - statistics.median(settled[:half])


def _noise(memory: list[int]) -> float:
    """Bytes between the tenth lowest and the tenth highest of the second half: what comes and goes without growing."""
    deciles = statistics.quantiles(memory[len(memory) // 2 :], n=10)
    return max(MIB, deciles[-1] - deciles[0])


def _tell(session: Session, memory: list[int], longest: list[tuple[float, Request]]) -> None:
    seconds = f"{max(session.slowest)[0]:.3f} s, alone {longest[-1][0]:.3f} s"
    sizes = [round(size / MIB, 1) for size in memory[:: max(1, len(memory) // 20)]]
    sys.stderr.write(f"seed {SEED}: {dict(session.statuses)}, slowest {seconds}, MiB {sizes}\n")
