from __future__ import annotations

import asyncio
import threading

import pytest
from django.db import OperationalError, connection, connections

from advisor.fleet.models import Token
from advisor.ingest.answers import Refusal
from advisor.ingest.credentials import Credentials

GOOD = Token(pk=1, kind=Token.Kind.HOST)
ENROL = Token(pk=2, kind=Token.Kind.ENROL)


class Registry:
    """Knows two tokens, and counts how often it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.away = False
        self.tokens: dict[str, Token] = {"good": GOOD, "enrol": ENROL}
        self.now = 1000.0

    def authenticate(self, raw: str) -> Token | None:
        self.asked.append(raw)
        if self.away:
            raise OperationalError("gone")
        return self.tokens.get(raw)

    def clock(self) -> float:
        return self.now


@pytest.fixture
def registry() -> Registry:
    return Registry()


@pytest.fixture
def credentials(registry: Registry) -> Credentials:
    return Credentials(registry.authenticate, registry.clock, is_formed=lambda raw: raw != "unformed")


async def refused(credentials: Credentials, header: bytes) -> Refusal:
    with pytest.raises(Refusal) as caught:
        await credentials.check(header)
    return caught.value


async def test_a_token_is_looked_up_once_in_ten_seconds(registry: Registry, credentials: Credentials) -> None:
    for _ in range(3):
        assert await credentials.check(b"Bearer good") is GOOD
    assert await credentials.check(b"bearer  good ") is GOOD
    assert registry.asked == ["good"]
    registry.now += 10
    await credentials.check(b"Bearer good")
    assert registry.asked == ["good", "good"]


async def test_who_was_good_lately_and_may_report_need_not_be_asked_for(
    registry: Registry, credentials: Credentials
) -> None:
    assert credentials.recall(b"Bearer good") is None
    await credentials.check(b"Bearer good")
    await refused(credentials, b"Bearer enrol")
    await refused(credentials, b"Bearer wrong")
    assert credentials.recall(b"Bearer good") is GOOD
    assert [credentials.recall(b"Bearer " + raw) for raw in (b"", b"enrol", b"wrong", b"unformed")] == [None] * 4
    assert credentials.recall(b"Basic good") is None
    registry.now += 10
    assert credentials.recall(b"Bearer good") is None


async def test_requests_that_come_together_ask_once(registry: Registry, credentials: Credentials) -> None:
    found = await asyncio.gather(*[credentials.check(b"Bearer good") for _ in range(500)])
    assert set(map(id, found)) == {id(GOOD)}
    assert registry.asked == ["good"]


async def test_a_wrong_token_is_remembered_too(registry: Registry, credentials: Credentials) -> None:
    for _ in range(3):
        refusal = await refused(credentials, b"Bearer wrong")
        assert refusal.status == 401
        assert dict(refusal.headers)[b"www-authenticate"].startswith(b"Bearer")
    assert registry.asked == ["wrong"]


async def test_a_revoked_token_is_refused_within_ten_seconds(registry: Registry, credentials: Credentials) -> None:
    await credentials.check(b"Bearer good")
    del registry.tokens["good"]
    registry.now += 10
    assert (await refused(credentials, b"Bearer good")).status == 401


@pytest.mark.parametrize("header", [b"", b"good", b"Basic good", b"Bearer", b"Bearer ", b"\xff\xfe"])
async def test_without_a_token_nobody_is_asked(registry: Registry, credentials: Credentials, header: bytes) -> None:
    assert (await refused(credentials, header)).status == 401
    assert registry.asked == []


async def test_an_enrolment_key_may_not_report(credentials: Credentials) -> None:
    assert (await refused(credentials, b"Bearer enrol")).status == 403


async def test_a_database_that_is_away_is_no_wrong_token(registry: Registry, credentials: Credentials) -> None:
    registry.away = True
    refusal = await refused(credentials, b"Bearer good")
    assert refusal.status == 503
    assert b"retry-after" in dict(refusal.headers)
    registry.away = False
    assert await credentials.check(b"Bearer good") is GOOD


async def test_an_answer_that_comes_late_serves_the_next_try() -> None:
    gate, asked = threading.Event(), []

    def slow(raw: str) -> Token | None:
        asked.append(raw)
        gate.wait(30)
        return GOOD

    credentials = Credentials(slow, is_formed=bool)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(credentials.check(b"Bearer good"), 0.01)
    gate.set()
    await asyncio.gather(*credentials._asking.values())
    assert await credentials.check(b"Bearer good") is GOOD
    assert asked == ["good"]


async def test_memory_is_bounded(registry: Registry, credentials: Credentials) -> None:
    for index in range(10_100):
        with pytest.raises(Refusal):
            await credentials.check(b"Bearer %d" % index)
    assert credentials._wrong.held <= 2_000


async def test_what_no_token_looks_like_is_not_looked_up(registry: Registry, credentials: Credentials) -> None:
    assert (await refused(credentials, b"Bearer unformed")).status == 401
    assert registry.asked == []


async def test_invented_tokens_do_not_make_good_ones_unknown(registry: Registry, credentials: Credentials) -> None:
    await credentials.check(b"Bearer good")
    for index in range(2_100):
        await refused(credentials, b"Bearer %d" % index)
    await credentials.check(b"Bearer good")
    assert registry.asked.count("good") == 1


async def test_a_crowd_of_strangers_leaves_room_for_those_that_were_good_before() -> None:
    gate, now = threading.Event(), [0.0]

    def authenticate(raw: str) -> Token | None:
        if raw == "good":
            return GOOD
        gate.wait(30)
        return None

    credentials = Credentials(authenticate, lambda: now[0], is_formed=bool)
    await credentials.check(b"Bearer good")
    now[0] += 10
    crowd = [asyncio.ensure_future(refused(credentials, b"Bearer %d" % index)) for index in range(100)]
    await asyncio.sleep(0)
    assert (await refused(credentials, b"Bearer another")).status == 503
    good = asyncio.ensure_future(credentials.check(b"Bearer good"))
    await asyncio.sleep(0)
    gate.set()
    assert await good is GOOD
    assert {refusal.status for refusal in await asyncio.gather(*crowd)} == {401}


@pytest.mark.django_db(transaction=True)
async def test_lookups_share_a_connection_until_the_end() -> None:
    used = list[object]()

    def authenticate(raw: str) -> Token | None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        used.append(connection.connection)
        return GOOD

    credentials = Credentials(authenticate, is_formed=bool)
    for raw in (b"a", b"b", b"c"):
        await credentials.check(b"Bearer " + raw)
    in_thread = credentials._thread.submit(lambda: connections["default"]).result()
    assert len(used) == 3
    assert all(one is in_thread.connection for one in used)

    await asyncio.to_thread(credentials.stop)
    assert in_thread.connection is None


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
async def test_a_connection_that_broke_is_made_anew() -> None:
    def authenticate(raw: str) -> Token | None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        if raw == "breaks":
            connection.connection.close()
        return GOOD

    credentials = Credentials(authenticate, is_formed=bool)
    await credentials.check(b"Bearer breaks")
    assert await credentials.check(b"Bearer good") is GOOD
    await asyncio.to_thread(credentials.stop)
