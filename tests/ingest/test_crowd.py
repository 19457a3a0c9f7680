"""Who all of an export are is found out once, and again when somebody may be another."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import Raw

from advisor.fleet import registry, tokens
from advisor.fleet.models import Instance, Token
from advisor.ingest import limits
from advisor.ingest.attributes import ResourceReader
from advisor.ingest.batch import Batch
from advisor.ingest.commit import Committer
from advisor.ingest.crowd import Crowd, Crowds
from advisor.ingest.newcomers import Admission
from advisor.ingest.pivot import Pivot, Pivoted
from advisor.ingest.scanned import JSON
from advisor.ingest.scanner import scanner
from advisor.ingest.steps import finish
from advisor.ingest.together import Together
from advisor.store.models import HostSample, ProcessSample
from tests.compilers import need
from tests.ingest.batches import ELU, Told
from tests.ingest.exports import HOST, NOW, PROCESS, Json, body, gauge, number, resource

need(scanner())

PIVOT = Pivot()


@pytest.fixture
def token() -> Token:
    return tokens.make(Token.Kind.API)[0]


@pytest.fixture
def admit(monkeypatch: pytest.MonkeyPatch) -> Admission:
    monkeypatch.setattr(limits, "STRANGERS_SECONDS", 3600.0)
    registry.forget()
    return Admission(Committer(Told()))


def export(*names: str, at: float = NOW, ports: float = 1.0) -> Together:
    processes = [
        resource(
            {**PROCESS, "service.name": name, "service.instance.id": name},
            gauge(ELU, number(0.5, at=at)),
            gauge("advisor.process.listening_port.count", number(ports, at=at)),
        )
        for name in names
    ]
    machine: Json = resource(HOST, gauge("system.memory.limit", number(8e9, at=at)))
    for _ in range(2):  # the first time it learns the attributes
        found = finish(PIVOT.read(body(machine, *processes), JSON, NOW, lambda host: 0.0))
    assert found is not None
    assert found.together is not None
    return found.together


def hand_in(admit: Admission, token: Token, told: Together) -> Batch:
    """A batch that is stored, whatever has to be found out for it."""
    one = Batch(Pivoted(points=told.plain.points, together=told), token, None, NOW)
    while (outcome := admit([one])[0]) is None:
        pass
    assert outcome.rejected == {}  # type: ignore[union-attr]
    return one


@pytest.mark.django_db(transaction=True)
def test_all_are_recalled_once_they_are_known_and_stored_as_they_were_told(admit: Admission, token: Token) -> None:
    first, second = export("a", "b"), export("a", "b", at=NOW + 10)
    assert first.crowd is second.crowd
    assert hand_in(admit, token, first).members is None  # nobody knew them
    members = hand_in(admit, token, second).members
    assert members is not None
    assert members.are_plain
    assert (ProcessSample.objects.count(), HostSample.objects.count()) == (4, 2)
    assert sorted(members.services) == sorted(Instance.objects.values_list("service_id", flat=True))


@pytest.mark.django_db(transaction=True)
def test_they_are_asked_for_again_when_somebody_may_be_another(admit: Admission, token: Token) -> None:
    hand_in(admit, token, export("a"))
    crowd, ports = export("a").crowd, export("a").plain.listening
    before = crowd.recall(ports, token)
    assert before is not None
    assert crowd.recall(ports, token) is before
    hand_in(admit, token, export("b"))  # a newcomer
    after = crowd.recall(ports, token)
    assert after is not None
    assert after is not before
    assert after.identities == before.identities
    registry.forget()
    assert crowd.recall(ports, token) is None


@pytest.mark.django_db(transaction=True)
def test_another_token_or_other_ports_are_another_question(admit: Admission, token: Token) -> None:
    hand_in(admit, token, export("a"))
    crowd, ports = export("a").crowd, export("a").plain.listening
    assert crowd.recall(ports, token) is not None
    assert crowd.recall(ports, tokens.make(Token.Kind.API)[0]) is None
    assert crowd.recall(export("a", ports=2.0).plain.listening, token) is None
    assert crowd.recall(ports, token) is not None


def test_a_long_list_is_read_anew_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("advisor.ingest.crowd._REMEMBERED_BYTES", len(export("a").plain.attributes))
    crowds = Crowds(ResourceReader().read)

    def of(*names: str) -> Crowd:
        return crowds.of(export(*names).plain, Raw)

    assert of("a") is of("a")
    assert of("a", "b") is not of("a", "b")
    assert of("a", "b").said == of("a", "b").said
    assert of("a", "b").machines == {HOST["host.id"]}


def test_a_crowd_whose_attributes_cannot_be_read_is_refused() -> None:
    plain = export("a").plain
    broken = plain.attributes.replace(b'"key"', b'"key')
    with pytest.raises(ValueError, match="JSON"):
        Crowds(ResourceReader().read).of(_with(plain, broken), Raw)


def _with(plain: Any, attributes: bytes) -> Any:
    return type(plain)((attributes, *plain[1:]))
