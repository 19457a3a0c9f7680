"""Newcomers made together are as they would be one after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from pytest_django.fixtures import Settings

from advisor.fleet import caps, registry, tokens
from advisor.fleet.caps import Kind
from advisor.fleet.models import Host, Instance, Service, Token
from advisor.fleet.sightings import Sighting
from tests.fleet.builders import BY_AGENT, BY_PROBE, CONTAINED, HOST, NOW, PROBE_INSIDE, SDK_INSIDE, STARTED, resolve

Resource = dict[str, Any]


def one_by_one(several: Sequence[Sighting]) -> None:
    for one in several:
        with transaction.atomic():
            registry.resolve(*one)


def together(several: Sequence[Sighting]) -> None:
    with transaction.atomic():
        welcome = registry.welcome(several)
    one_by_one([one for one, is_done in zip(several, welcome, strict=True) if not is_done])


def fleet() -> list[Any]:
    """All rows, without the order in which they were made."""
    skipped = {"id", "host", "service"}
    kept = [field.name for field in Instance._meta.concrete_fields if field.name not in skipped]
    owners = ["host__key", "service__name", "service__namespace", "service__environment"]
    return [
        sorted(map(repr, Host.objects.values_list("key", "name", "arch", "os", "agent_version", "brought_by"))),
        sorted(map(repr, Service.objects.values_list("environment", "namespace", "name", "serves", "brought_by"))),
        sorted(map(repr, Instance.objects.values_list(*kept, *owners))),
    ]


def after(make: Callable[[Sequence[Sighting]], None], several: Sequence[Sighting], known: Sequence[Sighting]) -> Any:
    """The fleet that comes of it, and who each is said to be; the database is as before."""
    registry.forget()
    with transaction.atomic():
        one_by_one(known)
        make(several)
        told = fleet(), [_named(one) for one in several]
        transaction.set_rollback(True)
    return told


def _named(one: Sighting) -> Any:
    """Who a resource is, from the memory or the database, by names."""
    with transaction.atomic():
        identity = registry.resolve(*one)
    found = Instance.objects.filter(pk__in=[identity.instance_id])
    told = identity.serves, identity.has_inside, identity.has_probe
    return list(found.values_list("key", "host__key", "service__name")), told


PLACES: list[Resource] = [
    {},
    {},
    {},
    HOST,
    HOST,
    {"host.id": "m1"},
    {"host.name": "web-1"},
]
RESOURCES = st.one_of(
    st.builds(
        lambda place, *said: place | {key: value for one in said for key, value in one.items()},
        st.sampled_from(PLACES),
        st.sampled_from([{"service.name": name} for name in ("shop", "mail")] + [{}]),
        st.sampled_from([{"service.instance.id": key} for key in ("a", "b", "c", "d", "e", "f")] + [{}]),
        st.sampled_from([{}, {"process.pid": 42}, {"process.pid": 43}, {}, {"process.pid": 42, "process.vpid": 1}]),
        st.sampled_from([{"telemetry.sdk.name": name} for name in ("advisor-agent", "advisor-probe", "nodejs")] + [{}]),
        st.sampled_from([{}, {"process.creation.time": STARTED.isoformat()}, {"deployment.environment": "live"}]),
    ),
    st.sampled_from([BY_AGENT, BY_PROBE, CONTAINED, PROBE_INSIDE, SDK_INSIDE]),
)
SIGHTINGS = st.lists(
    st.tuples(RESOURCES, st.sampled_from([None, 0, 2]), st.sampled_from([None, NOW - timedelta(seconds=5)])), max_size=6
)


class TestTogether(TestCase):
    """A test case of Django's, since each example begins with the same database."""

    @settings(max_examples=150, deadline=None)
    @given(SIGHTINGS, SIGHTINGS, st.sampled_from(Token.Kind.values[1:]))
    def test_the_fleet_is_as_if_they_had_come_one_by_one(self, new: Any, known: Any, kind: Token.Kind) -> None:
        token = tokens.make(Token.Kind(kind))[0]
        if kind == Token.Kind.HOST:
            token.host = Host.objects.create(key="m1", name="web-1", first_seen=NOW, last_seen=NOW)
            token.save()
        several = [Sighting(said, token, NOW, ports, heard) for said, ports, heard in new if _is_ours(said, kind)]
        before = [Sighting(HOST, token, NOW)]
        before += [Sighting(said, token, NOW, ports, heard) for said, ports, heard in known if _is_ours(said, kind)]
        assert after(together, several, before) == after(one_by_one, several, before)


def _is_ours(said: Resource, kind: Token.Kind) -> bool:
    return kind != Token.Kind.HOST or said.get("host.id") in (None, "m1")


def strangers(count: int, **said: Any) -> list[Resource]:
    return [{"service.name": f"s{number}", "service.instance.id": f"i{number}", **said} for number in range(count)]


def sightings(token: Token, resources: Sequence[Resource]) -> list[Sighting]:
    return [Sighting(said, token, NOW) for said in resources]


@pytest.mark.parametrize("said", [{}, HOST])
def test_many_take_few_statements(token: Token, said: Resource) -> None:
    resolve(HOST, token)
    with CaptureQueriesContext(connection) as queries:
        assert registry.welcome(sightings(token, strangers(10, **said))) == [True] * 10
    assert len(queries) <= 7, "two of them count what the token has"
    assert Instance.objects.count() == Service.objects.count() == 10


@pytest.mark.parametrize(("cap", "kind"), [("MOST_INSTANCES", Kind.INSTANCES), ("MOST_SERVICES", Kind.SERVICES)])
def test_those_beyond_are_refused_and_remembered(token: Token, settings: Settings, cap: str, kind: Kind) -> None:
    setattr(settings, cap, 2)
    assert registry.welcome(sightings(token, strangers(4))) == [True] * 4
    assert Instance.objects.count() == Service.objects.count() == 2
    for said in strangers(4)[2:]:
        with pytest.raises(caps.Beyond) as caught:
            registry.resolve(said, token, NOW)
        assert caught.value.kind is kind
    assert registry.welcome(sightings(tokens.make(Token.Kind.API)[0], strangers(6)[4:])) == [True] * 2


def test_one_that_waits_for_another_of_them_is_looked_at_closely(token: Token) -> None:
    first, other = strangers(2)
    assert registry.welcome(sightings(token, [first, other, {**first, "process.pid": 7}])) == [True, True, False]
