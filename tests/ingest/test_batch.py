"""What a batch id stands for: the body that came with it first."""

from __future__ import annotations

import gzip
import uuid
import zlib
from dataclasses import replace

import pytest

from advisor.fleet import tokens
from advisor.fleet.models import Token
from advisor.ingest.batch import content_of
from advisor.ingest.commit import Committer
from advisor.store.models import Batch as BatchRow
from advisor.store.models import ProcessSample
from tests.ingest.batches import ELU, Told, batch, process
from tests.ingest.client import MakeDoor, call
from tests.ingest.exports import NOW, PROCESS, body, gauge, number, resource

ID = "0192f0c4-1111-7222-8333-444455556666"


@pytest.fixture
def secret(transactional_db: None) -> str:
    return tokens.make(Token.Kind.API)[1]


def said(value: float) -> bytes:
    return body(resource(PROCESS, gauge(ELU, number(value))))


async def test_an_id_stands_for_one_body_however_it_was_compressed(make_door: MakeDoor, secret: str) -> None:
    door = make_door(lambda: NOW)
    for level in (0, 6, 9):
        packed = gzip.compress(said(0.5), level)
        answer = await call(door, packed, token=secret, content_encoding="gzip", advisor_batch_id=ID)
        assert (answer.status, b"advisor-replayed" in answer.headers) == (200, level > 0)
    assert (await call(door, said(0.5), token=secret, advisor_batch_id=ID)).status == 200

    other = await call(door, said(0.9), token=secret, advisor_batch_id=ID)
    assert other.status == 400  # agents drop it; anything else they would send again for ever
    assert "Another body was stored under this batch id" in other.json["message"]


def test_of_two_bodies_with_one_id_in_a_group_the_first_is_stored(db: None) -> None:
    token, known = tokens.make(Token.Kind.API)[0], uuid.uuid4().hex
    first, second = (batch(token, process(value=value, at=NOW - value), id=known) for value in (0.5, 0.9))
    first, second = replace(first, content=1), replace(second, content=2)
    outcomes = Committer(Told())([first, second, first])
    assert [getattr(outcome, "status", 200) for outcome in outcomes] == [200, 400, 200]
    assert ProcessSample.objects.count() == 1


def test_what_an_older_version_stored_is_a_replay(db: None) -> None:
    token, known = tokens.make(Token.Kind.API)[0], uuid.uuid4().hex
    committer, one = Committer(Told()), batch(token, process(), id=known)
    committer([one])
    BatchRow.objects.update(content=None)
    (outcome,) = committer([replace(one, content=5)])
    assert getattr(outcome, "replayed", False)


def test_length_and_bytes_tell_bodies_apart() -> None:
    bodies = [b"", b"\0", b"\0\0", b"a", b"b", said(0.5), said(0.6)]
    assert len({content_of(each) for each in bodies}) == len(bodies)
    assert content_of(bytes(4 << 20)) < 2**63


@pytest.mark.parametrize("size", [0, 1, 4_999, 5_000, 5_001, 100_000])
def test_a_body_of_any_size_is_told_by_all_of_it(size: int) -> None:
    said = bytes(number % 251 for number in range(size))
    assert content_of(said) == content_of(said, zlib.crc32(said)) == size << 32 | zlib.crc32(said)
