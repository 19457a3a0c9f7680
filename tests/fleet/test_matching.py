"""A process in a container is one instance, whether it is seen from the machine or sees itself."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from advisor.fleet import registry
from advisor.fleet.models import Host, Instance, Token
from tests.fleet.builders import (
    BY_AGENT,
    CONTAINED,
    CONTAINER,
    NOW,
    PROBE_INSIDE,
    SDK_INSIDE,
    STARTED,
    only,
    resolve,
)

pytestmark = pytest.mark.django_db

OTHER = "77aa" * 16
POD = {"k8s.pod.name": "shop-7d9f", "k8s.node.name": "web-1"}
UNNAMED = {key: value for key, value in PROBE_INSIDE.items() if key != "host.name"}
"""The probe in a container with a host name of its own, which says nothing."""

MINUTE_LATER = (STARTED + timedelta(minutes=1)).isoformat()


@pytest.mark.parametrize("inside", [SDK_INSIDE, PROBE_INSIDE], ids=["sdk", "probe"])
@pytest.mark.parametrize("agent_first", [True, False])
def test_it_is_one_whoever_speaks_first(inside: dict[str, Any], agent_first: bool, token: Token) -> None:
    order = (CONTAINED, inside) if agent_first else (inside, CONTAINED)
    for resource in order * 2:
        resolve(resource, token)
    registry.forget()  # as after a restart of the server
    found = {resolve(resource, token).instance_id for resource in order}

    one = only(Instance)
    assert found == {one.pk}
    assert (one.pid, one.virtual_pid, one.container) == (4001, 1, CONTAINER[:12])
    assert (one.service.name, one.host.name, Host.objects.count()) == ("checkout", "web-1", 1)


@pytest.mark.parametrize(
    "other",
    [
        SDK_INSIDE | {"container.id": OTHER},
        SDK_INSIDE | {"process.pid": 20},
        PROBE_INSIDE | {"process.creation.time": MINUTE_LATER},
        PROBE_INSIDE | {"host.name": OTHER[:12]},
        CONTAINED | {"container.id": OTHER, "process.pid": 4002},
        BY_AGENT | {"process.pid": 1},
    ],
)
def test_another_container_number_or_start_is_another_process(other: dict[str, Any], token: Token) -> None:
    first = resolve(CONTAINED, token)

    assert resolve(other, token).instance_id != first.instance_id


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_replicas_that_start_together_are_kept_apart(order: tuple[int, ...], token: Token) -> None:
    twin = {"container.id": OTHER, "process.pid": 4002}
    said = [CONTAINED, SDK_INSIDE, CONTAINED | twin, SDK_INSIDE | {"container.id": OTHER, "service.instance.id": "9f"}]
    for index in order:
        resolve(said[index], token)

    found = [resolve(resource, token).instance_id for resource in said]
    assert (found[0], found[2]) == (found[1], found[3])
    assert Instance.objects.count() == 2


def test_a_number_inside_that_two_containers_have_tells_neither(host_token: Token) -> None:
    known = {
        resolve(CONTAINED, host_token).instance_id,
        resolve(CONTAINED | {"container.id": OTHER, "process.pid": 4002}, host_token).instance_id,
    }
    host_token.refresh_from_db()

    assert resolve(UNNAMED, host_token).instance_id not in known
    assert Instance.objects.count() == 3


def test_a_number_inside_and_a_start_that_only_one_has_are_enough_on_its_machine(host_token: Token) -> None:
    first = resolve(CONTAINED, host_token)
    host_token.refresh_from_db()

    found = resolve(UNNAMED, host_token)
    assert (found.instance_id, found.host_id, found.serves) == (first.instance_id, first.host_id, True)


def test_a_machine_that_is_another_does_not_lend_its_container(token: Token) -> None:
    resolve(CONTAINED | {"host.id": "m2", "host.name": "web-2"}, token)
    unnamed = PROBE_INSIDE | {"host.name": "web-1", "host.id": "m1"}

    assert only(Instance, pk=resolve(unnamed, token).instance_id).host.name == "web-1"


@pytest.mark.parametrize("agent_first", [True, False])
def test_the_id_of_the_sandbox_is_taken_for_the_containers_where_one_container_has_it(
    agent_first: bool, token: Token
) -> None:
    outside = CONTAINED | {"advisor.container.sandbox.id": OTHER}
    inside = SDK_INSIDE | {"container.id": OTHER}
    for resource in (outside, inside) if agent_first else (inside, outside):
        resolve(resource, token)

    assert only(Instance).container == CONTAINER[:12]


def test_two_containers_of_one_pod_do_not_share_a_process(token: Token) -> None:
    sandbox = {"advisor.container.sandbox.id": OTHER}
    resolve(CONTAINED | sandbox, token)
    resolve(CONTAINED | sandbox | {"container.id": "9e" * 32, "process.pid": 4002}, token)
    resolve(SDK_INSIDE | {"container.id": OTHER}, token)

    assert Instance.objects.count() == 3


def test_what_runs_in_a_container_makes_no_machine_of_it(token: Token) -> None:
    assert resolve(SDK_INSIDE, token).host_id is None
    assert resolve(PROBE_INSIDE, token).host_id is None
    assert Host.objects.count() == 0


def test_the_node_of_a_pod_is_its_machine(token: Token) -> None:
    machine = resolve(BY_AGENT, token).host_id

    assert resolve(SDK_INSIDE | POD, token).host_id == machine


def test_the_machine_id_of_an_image_does_not_turn_a_token_away(host_token: Token) -> None:
    first = resolve(CONTAINED, host_token)
    host_token.refresh_from_db()

    found = resolve(SDK_INSIDE | {"host.id": "of-the-image"}, host_token)
    assert (found.instance_id, found.host_id) == (first.instance_id, first.host_id)


def test_a_group_that_an_sdk_takes_for_a_container_is_none(token: Token) -> None:
    first = resolve(BY_AGENT, token)

    found = resolve(SDK_INSIDE | {"process.pid": 42, "host.name": "web-1", "container.id": "47" * 16}, token)
    assert (found.instance_id, found.host_id) == (first.instance_id, first.host_id)


def test_a_container_that_was_started_again_is_another_process(token: Token) -> None:
    first = resolve(CONTAINED, token)
    resolve(SDK_INSIDE, token)
    again = CONTAINED | {"process.pid": 4100, "process.creation.time": NOW.isoformat()}
    second = resolve(again, token)

    assert second.instance_id != first.instance_id
    assert resolve(SDK_INSIDE | {"service.instance.id": "new"}, token).instance_id == second.instance_id


def test_where_a_process_runs_is_kept(token: Token) -> None:
    resolve(CONTAINED | POD | {"container.image.name": "acme/shop", "process.runtime.name": "nodejs"}, token)
    resolve(SDK_INSIDE | {"k8s.namespace.name": "web", "k8s.secret": "x"}, token)

    one = only(Instance)
    assert one.details == {**POD, "container.image.name": "acme/shop", "k8s.namespace.name": "web"}
    assert one.runtime == "nodejs"
