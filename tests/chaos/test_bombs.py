"""What costs a careless server much is refused, takes little memory and no file, and nobody is left without a word."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from itertools import count

import pytest

from tests.chaos.asker import Request
from tests.chaos.bombs import BOMBS
from tests.chaos.session import Session
from tests.chaos.thrower import throw
from tests.chaos.topology import Product
from tests.chaos.witness import MIB

pytestmark = pytest.mark.processes

AT_ONCE = 50
MOST = 32 * MIB
"""Memory that requests may take beside what the process has settled at (reliability goals, P12)."""

TOO_MANY = 503
"""The answer where others take all the room that there is."""

numbers = count()


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    folder = tmp_path_factory.mktemp("bombs", numbered=False)
    product = Product(folder, "sqlite")
    try:
        yield Session(product)
    finally:
        product.stop()


@pytest.fixture
def token(session: Session) -> str:
    """Each throw has its own: the rate of one is not what is asked about here."""
    return session.tokens[next(numbers)]


@pytest.mark.parametrize("name", BOMBS)
async def test_a_bomb_is_answered(session: Session, token: str, name: str) -> None:
    (hit,) = await throw(session.product.port, BOMBS[name], token, 1)
    assert hit.status in BOMBS[name].answers


@pytest.mark.parametrize("name", BOMBS)
async def test_fifty_at_once_take_little(session: Session, token: str, name: str) -> None:
    port, bomb, witness = session.product.port, BOMBS[name], session.witness
    await throw(port, bomb, token, 1)
    settled, touched = witness.rss, witness.touched
    witness.forget_peak()
    hits = await throw(port, bomb, token, AT_ONCE)
    assert {hit.status for hit in hits} <= bomb.answers | {TOO_MANY}
    assert bomb.status in {hit.status for hit in hits}
    assert witness.peak - settled <= MOST
    assert (witness.files, witness.touched) == ([], touched)
    session.ask([Request(b"{}")])
    assert not session.unexpected


async def test_all_of_them_leave_nothing_behind(session: Session) -> None:
    settled = session.witness.rss
    for _ in range(2):
        await asyncio.gather(
            *(throw(session.product.port, b, session.tokens[next(numbers)], 2) for b in BOMBS.values())
        )
    assert session.witness.rss - settled <= MOST
