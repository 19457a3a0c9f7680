"""Which process a resource is, whoever speaks of it first, and what its service is called."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from advisor.fleet.models import Host, Instance, Service, Token
from advisor.fleet.registry import Identity
from tests.fleet.builders import BY_AGENT, BY_PROBE, BY_SDK, NOW, STARTED, only, resolve

pytestmark = pytest.mark.django_db


def test_a_process_is_an_instance_of_its_service_on_its_host(token: Token) -> None:
    identity = resolve(
        BY_PROBE
        | {"service.namespace": "shop", "deployment.environment.name": "live", "advisor.cluster.role": "worker"},
        token,
    )

    one = only(Instance, pk=identity.instance_id)
    assert (one.service.name, one.service.namespace, one.service.environment) == ("checkout", "shop", "live")
    assert (one.host_id, one.pid, one.role, one.inside) == (identity.host_id, 42, "worker", "advisor-probe")
    assert one.runtime_version == "20.20.2"


def test_the_number_of_a_worker_stays_where_others_do_not_say_it(token: Token) -> None:
    assert only(Instance, pk=resolve(BY_PROBE, token).instance_id).worker_id is None
    resolve(BY_PROBE | {"advisor.cluster.role": "worker", "advisor.cluster.worker.id": 3}, token)
    resolve(BY_AGENT, token)

    assert only(Instance).worker_id == 3


@pytest.mark.parametrize("order", [(BY_AGENT, BY_PROBE), (BY_PROBE, BY_AGENT), (BY_AGENT, BY_SDK), (BY_SDK, BY_AGENT)])
def test_a_process_is_one_instance_whoever_speaks_of_it_first(order: tuple[dict[str, Any], ...], token: Token) -> None:
    for resource in order:
        resolve(resource, token)

    identities = {resolve(resource, token) for resource in order}
    one = only(Instance)
    place, probe = (one.host_id, one.service_id, one.pk), BY_PROBE in order
    assert identities == {Identity(*place, serves=True, has_inside=True, has_probe=probe)}
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
def test_another_pid_start_or_host_is_another_process(other: dict[str, Any], token: Token) -> None:
    first = resolve(BY_PROBE, token)

    assert resolve(other, token).instance_id != first.instance_id


def test_two_sdks_that_know_no_start_are_two_lives_of_one_pid(token: Token) -> None:
    first = resolve(BY_SDK, token)
    second = resolve(BY_SDK | {"service.instance.id": "new"}, token)

    assert second.instance_id != first.instance_id
    assert resolve(BY_SDK, token).instance_id == first.instance_id


def test_a_process_of_long_ago_is_not_the_one_of_today(token: Token) -> None:
    first = resolve(BY_AGENT, token)

    assert resolve(BY_SDK, token, NOW + timedelta(minutes=10)).instance_id != first.instance_id


NAMELESS = {name: value for name, value in BY_SDK.items() if name != "service.instance.id"}


@pytest.mark.parametrize("order", [(BY_AGENT, NAMELESS), (NAMELESS, BY_AGENT)], ids=["agent first", "sdk first"])
def test_an_sdk_without_an_id_is_the_same_process_when_it_is_looked_up_again(
    order: tuple[dict[str, Any], ...], token: Token
) -> None:
    """Its resource may change: detectors that wait for something tell their attributes late."""
    first = {resolve(resource, token).instance_id for resource in order}
    again = {resolve(resource | {"service.version": "2"}, token).instance_id for resource in order}
    assert first == again
    assert len(first) == 1


def test_an_sdk_without_an_id_is_another_process_after_a_while(token: Token) -> None:
    first = resolve(NAMELESS, token)
    later = resolve(NAMELESS | {"service.version": "2"}, token, NOW + timedelta(minutes=10))
    assert later.instance_id != first.instance_id


def test_an_sdk_without_any_host_is_known_by_its_id(token: Token) -> None:
    resource = {"service.name": "checkout", "service.instance.id": "5d7c", "telemetry.sdk.name": "opentelemetry"}

    first = resolve(resource, token)

    assert first.host_id is None
    assert resolve(resource, token) == first
    assert resolve(resource | {"service.instance.id": "other"}, token).instance_id != first.instance_id


def test_a_service_that_says_nothing_but_its_name_is_one_instance(token: Token) -> None:
    assert resolve({"service.name": "a"}, token) == resolve({"service.name": "a", "os.type": "linux"}, token)


def test_a_better_source_moves_the_instance_and_a_worse_one_does_not(token: Token) -> None:
    names = [
        ("script", "a.js"),
        ("package", "shop-checkout"),
        ("pm2", "checkout"),
        ("systemd", "x"),
        ("script", "y"),
    ]
    seen = []
    for source, name in names:
        identity = resolve(BY_AGENT | {"service.name": name, "advisor.service.name.source": source}, token)
        seen.append(only(Service, pk=identity.service_id).name)

    assert seen == ["a.js", "shop-checkout", "checkout", "checkout", "checkout"]
    assert Instance.objects.count() == 1


def test_a_name_that_nobody_gave_weighs_least(token: Token) -> None:
    for name, expected in [("unknown_service:node", "unknown_service:node"), ("server.js", "server.js")]:
        source = {"advisor.service.name.source": "script"}
        identity = resolve(BY_AGENT | source | {"service.name": name}, token)
        assert only(Service, pk=identity.service_id).name == expected
    unnamed = {key: value for key, value in BY_AGENT.items() if key != "service.name"} | {"process.pid": 7}
    assert only(Service, pk=resolve(unnamed, token).service_id).name == "unknown_service:node"


def test_a_service_serves_once_a_process_listens_or_reports_from_inside(token: Token) -> None:
    assert not resolve(BY_AGENT, token, listening=0).serves
    assert resolve(BY_AGENT, token, listening=1).serves
    assert only(Instance).listening == 1
    assert resolve(BY_SDK | {"process.pid": 7, "service.name": "other"}, token).serves


def test_a_service_that_lost_its_process_to_a_better_name_is_not_judged_any_more(token: Token) -> None:
    former = resolve(BY_AGENT, token, listening=1)
    resolve(BY_PROBE, token)

    assert not only(Service, pk=former.service_id).serves


def test_a_command_line_stays_as_long_as_the_agent_tells_it(token: Token) -> None:
    told = BY_AGENT | {"process.command_line": "node server.js --port 3000"}
    resolve(told, token)
    resolve(BY_PROBE, token)
    assert only(Instance).command_line == "node server.js --port 3000"

    resolve(BY_AGENT, token)
    assert only(Instance).command_line == ""
