"""Who a resource is: hosts, services and processes, whoever speaks of them first."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from advisor.fleet import registry, tokens
from advisor.fleet.models import Host, Instance, Service, Token
from advisor.fleet.registry import ForeignHost, Identity

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
STARTED = NOW - timedelta(hours=1)

HOST = {"host.id": "m1", "host.name": "web-1", "host.arch": "amd64", "os.description": "Debian 12"}
PROCESS = {**HOST, "process.pid": 42, "process.creation.time": STARTED.isoformat()}
AGENT = {"telemetry.sdk.name": "advisor-agent", "telemetry.sdk.version": "0.1.0"}
BY_AGENT = {**PROCESS, **AGENT, "service.name": "server.js", "advisor.service.name.source": "script"}
BY_PROBE = {
    **PROCESS,
    "process.creation.time": (STARTED + timedelta(seconds=3)).isoformat(),
    "service.name": "checkout",
    "service.instance.id": "0a1b",
    "telemetry.sdk.name": "advisor-probe",
    "process.runtime.version": "20.20.2",
}
BY_SDK = {
    "host.name": "web-1",
    "process.pid": 42,
    "service.name": "checkout",
    "service.instance.id": "5d7c",
    "telemetry.sdk.name": "opentelemetry",
}


@pytest.fixture
def token() -> Token:
    return tokens.make(Token.Kind.API)[0]


@pytest.fixture
def host_token() -> Token:
    return tokens.make(Token.Kind.HOST)[0]


def _resolve(resource: dict[str, Any], token: Token, now: datetime = NOW, listening: int | None = None) -> Identity:
    with transaction.atomic():
        return registry.resolve(resource, token, now, listening)


def test_a_machine_alone_is_a_host_and_no_service(token: Token):
    identity = _resolve(HOST | AGENT, token)

    host = Host.objects.get(pk=identity.host_id)
    assert (host.key, host.name, host.arch, host.os, host.agent_version) == (
        "m1",
        "web-1",
        "amd64",
        "Debian 12",
        "0.1.0",
    )
    assert (identity.service_id, identity.instance_id) == (None, None)


def test_a_process_is_an_instance_of_its_service_on_its_host(token: Token):
    identity = _resolve(
        BY_PROBE
        | {"service.namespace": "shop", "deployment.environment.name": "live", "advisor.cluster.role": "worker"},
        token,
    )

    one = Instance.objects.get(pk=identity.instance_id)
    assert (one.service.name, one.service.namespace, one.service.environment) == ("checkout", "shop", "live")
    assert (one.host_id, one.pid, one.role, one.inside) == (identity.host_id, 42, "worker", "advisor-probe")
    assert one.runtime_version == "20.20.2"


@pytest.mark.parametrize("order", [(BY_AGENT, BY_PROBE), (BY_PROBE, BY_AGENT), (BY_AGENT, BY_SDK), (BY_SDK, BY_AGENT)])
def test_a_process_is_one_instance_whoever_speaks_of_it_first(order: tuple[dict[str, Any], ...], token: Token):
    for resource in order:
        _resolve(resource, token)

    identities = {_resolve(resource, token) for resource in order}
    (one,) = Instance.objects.all()
    assert identities == {Identity(one.host_id, one.service_id, one.pk, serves=True)}
    assert (one.service.name, one.host.name, Host.objects.count()) == ("checkout", "web-1", 1)
    assert one.key == (BY_PROBE if BY_PROBE in order else BY_SDK)["service.instance.id"]
    assert one.started_at == pytest.approx(STARTED.timestamp(), abs=3)


@pytest.mark.parametrize(
    "other",
    [
        BY_AGENT | {"process.pid": 43},
        BY_AGENT | {"process.creation.time": (STARTED + timedelta(seconds=9)).isoformat()},
        BY_AGENT | {"host.id": "m2"},
        BY_PROBE | {"process.pid": 43},
        BY_PROBE | {"process.creation.time": NOW.isoformat()},
    ],
)
def test_another_pid_start_or_host_is_another_process(other: dict[str, Any], token: Token):
    first = _resolve(BY_PROBE, token)

    assert _resolve(other, token).instance_id != first.instance_id


def test_two_sdks_that_know_no_start_are_two_lives_of_one_pid(token: Token):
    first = _resolve(BY_SDK, token)
    second = _resolve(BY_SDK | {"service.instance.id": "new"}, token)

    assert second.instance_id != first.instance_id
    assert _resolve(BY_SDK, token).instance_id == first.instance_id


def test_a_process_of_long_ago_is_not_the_one_of_today(token: Token):
    first = _resolve(BY_AGENT, token)

    assert _resolve(BY_SDK, token, NOW + timedelta(minutes=10)).instance_id != first.instance_id


def test_an_sdk_without_any_host_is_known_by_its_id(token: Token):
    resource = {"service.name": "checkout", "service.instance.id": "5d7c", "telemetry.sdk.name": "opentelemetry"}

    first = _resolve(resource, token)

    assert first.host_id is None
    assert _resolve(resource, token) == first
    assert _resolve(resource | {"service.instance.id": "other"}, token).instance_id != first.instance_id


def test_a_service_that_says_nothing_but_its_name_is_one_instance(token: Token):
    assert _resolve({"service.name": "a"}, token) == _resolve({"service.name": "a", "os.type": "linux"}, token)


def test_a_better_source_moves_the_instance_and_a_worse_one_does_not(token: Token):
    names = [
        ("script", "a.js"),
        ("package", "shop-checkout"),
        ("pm2", "checkout"),
        ("systemd", "x"),
        ("script", "y"),
    ]
    seen = []
    for source, name in names:
        identity = _resolve(BY_AGENT | {"service.name": name, "advisor.service.name.source": source}, token)
        seen.append(Service.objects.get(pk=identity.service_id).name)

    assert seen == ["a.js", "shop-checkout", "checkout", "checkout", "checkout"]
    assert Instance.objects.count() == 1


def test_a_name_that_nobody_gave_weighs_least(token: Token):
    for name, expected in [("unknown_service:node", "unknown_service:node"), ("server.js", "server.js")]:
        source = {"advisor.service.name.source": "script"}
        identity = _resolve(BY_AGENT | source | {"service.name": name}, token)
        assert Service.objects.get(pk=identity.service_id).name == expected
    unnamed = {key: value for key, value in BY_AGENT.items() if key != "service.name"} | {"process.pid": 7}
    assert Service.objects.get(pk=_resolve(unnamed, token).service_id).name == "unknown_service:node"


def test_a_service_serves_once_a_process_listens_or_reports_from_inside(token: Token):
    assert not _resolve(BY_AGENT, token, listening=0).serves
    assert _resolve(BY_AGENT, token, listening=1).serves
    assert Instance.objects.get().listening == 1
    assert _resolve(BY_SDK | {"process.pid": 7, "service.name": "other"}, token).serves


def test_a_service_that_lost_its_process_to_a_better_name_is_not_judged_any_more(token: Token):
    former = _resolve(BY_AGENT, token, listening=1)
    _resolve(BY_PROBE, token)

    assert not Service.objects.get(pk=former.service_id).serves


def test_a_host_known_by_name_only_gets_its_id_later(token: Token):
    first = _resolve({"host.name": "web-1"}, token)

    assert _resolve(HOST, token).host_id == first.host_id
    assert Host.objects.get().key == "m1"
    assert _resolve({"host.name": "web-1"}, token).host_id == first.host_id


def test_a_host_token_belongs_to_the_first_host_that_uses_it(host_token: Token):
    first = _resolve(HOST, host_token)
    assert Token.objects.get().host_id == first.host_id

    with pytest.raises(ForeignHost, match="belongs to host web-1, but the data comes from host web-2"):
        _resolve(HOST | {"host.id": "m2", "host.name": "web-2"}, host_token)
    bound = Token.objects.select_related("host").get()
    with pytest.raises(ForeignHost, match="Make a token for that host"):
        _resolve(HOST | {"host.id": "m2", "host.name": "web-2"}, bound)


def test_what_a_bound_token_brings_without_a_host_id_is_on_its_host(host_token: Token):
    own = _resolve(HOST, host_token)
    bound = Token.objects.select_related("host").get()

    container = {"host.name": "f3a9c1", "service.name": "a", "service.instance.id": "i", "process.pid": 1}
    assert _resolve(container, bound).host_id == own.host_id
    assert Host.objects.get().name == "web-1"


def test_an_api_token_speaks_for_any_host(token: Token):
    assert _resolve(HOST, token).host_id != _resolve(HOST | {"host.id": "m2", "host.name": "web-2"}, token).host_id


@pytest.mark.parametrize(
    "odd",
    [
        {"process.pid": "42", "service.name": 7, "host.name": ["a"]},
        {"process.pid": -1, "process.creation.time": "yesterday", "service.name": "a\x00b"},
        {"process.pid": 2**40, "process.creation.time": "2026-11-23T06:00:00", "service.name": "n" * 5000},
        {"process.pid": True, "advisor.cluster.role": "king", "service.instance.id": "i" * 5000, "host.id": "\ud800"},
        {},
    ],
)
def test_odd_resources_stop_nobody(odd: dict[str, Any], token: Token):
    assert _resolve(odd, token) == _resolve(odd, token)


@pytest.fixture
def committed(transactional_db: None) -> Token:
    return tokens.make(Token.Kind.API)[0]


def test_the_hot_path_asks_no_database(committed: Token):
    first = _resolve(BY_PROBE, committed)
    with CaptureQueriesContext(connection) as queries, transaction.atomic():
        assert registry.resolve(BY_PROBE, committed, NOW + timedelta(seconds=4)) == first

    assert [query["sql"] for query in queries if not query["sql"].startswith(("BEGIN", "COMMIT"))] == []


def test_a_transaction_that_failed_leaves_no_identity_behind(committed: Token):
    with transaction.atomic():
        registry.resolve(BY_PROBE, committed, NOW)
        transaction.set_rollback(True)
    assert not Instance.objects.exists()

    identity = _resolve(BY_PROBE, committed)

    assert Instance.objects.filter(pk=identity.instance_id).exists()


def test_when_everybody_was_seen_last_is_written_every_few_seconds(committed: Token):
    for seconds in (0, 3, 6):
        _resolve(BY_PROBE, committed, NOW + timedelta(seconds=seconds))
        seen = {model.objects.get().last_seen for model in (Host, Service, Instance)} | {
            Token.objects.get().last_used_at
        }
        assert seen == {NOW + timedelta(seconds=6 if seconds == 6 else 0)}


def test_a_move_by_another_process_is_noticed(committed: Token):
    _resolve(BY_PROBE, committed)
    other = Service.objects.create(name="other", serves=False, first_seen=NOW, last_seen=NOW)
    Instance.objects.update(service=other)

    _resolve(BY_PROBE, committed, NOW + timedelta(seconds=6))

    assert _resolve(BY_PROBE, committed, NOW + timedelta(seconds=7)).service_id == other.pk


def test_an_instance_that_was_deleted_is_made_anew(committed: Token):
    first = _resolve(BY_PROBE, committed)
    Instance.objects.all().delete()
    _resolve(BY_PROBE, committed, NOW + timedelta(seconds=6))

    again = _resolve(BY_PROBE, committed, NOW + timedelta(seconds=7))

    assert again.instance_id != first.instance_id
    assert Instance.objects.filter(pk=again.instance_id).exists()


def test_processes_that_meet_a_new_instance_together_make_one(committed: Token):
    together, found = threading.Barrier(6), []

    def meet(resource: dict[str, Any]) -> None:
        together.wait()
        found.append(_resolve(resource, committed).instance_id)
        connection.close()

    threads = [threading.Thread(target=meet, args=(resource,)) for resource in (BY_AGENT, BY_PROBE) * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 6
    assert set(found) == {Instance.objects.get().pk}
    assert Instance.objects.get().service.name == "checkout"
