"""Which machine a resource is on, and which machine a token may speak for."""

from __future__ import annotations

import pytest

from advisor.fleet.hosts import ForeignHost
from advisor.fleet.models import Host, Token
from tests.fleet.builders import AGENT, HOST, only, resolve

pytestmark = pytest.mark.django_db


def test_a_machine_alone_is_a_host_and_no_service(token: Token) -> None:
    identity = resolve(HOST | AGENT, token)

    host = only(Host, pk=identity.host_id)
    assert (host.key, host.name, host.arch, host.os, host.agent_version) == (
        "m1",
        "web-1",
        "amd64",
        "Debian 12",
        "0.1.0",
    )
    assert (identity.service_id, identity.instance_id) == (None, None)


def test_a_host_known_by_name_only_gets_its_id_later(token: Token) -> None:
    first = resolve({"host.name": "web-1"}, token)

    assert resolve(HOST, token).host_id == first.host_id
    assert only(Host).key == "m1"
    assert resolve({"host.name": "web-1"}, token).host_id == first.host_id


def test_a_host_token_belongs_to_the_first_host_that_uses_it(host_token: Token) -> None:
    first = resolve(HOST, host_token)
    assert only(Token).host_id == first.host_id

    with pytest.raises(ForeignHost, match="belongs to host web-1, but the data comes from host web-2"):
        resolve(HOST | {"host.id": "m2", "host.name": "web-2"}, host_token)
    bound = Token.objects.select_related("host").get()
    with pytest.raises(ForeignHost, match="Make a token for that host"):
        resolve(HOST | {"host.id": "m2", "host.name": "web-2"}, bound)


def test_what_a_bound_token_brings_without_a_host_id_is_on_its_host(host_token: Token) -> None:
    own = resolve(HOST, host_token)
    bound = Token.objects.select_related("host").get()

    container = {"host.name": "f3a9c1", "service.name": "a", "service.instance.id": "i", "process.pid": 1}
    assert resolve(container, bound).host_id == own.host_id
    assert only(Host).name == "web-1"


def test_an_api_token_speaks_for_any_host(token: Token) -> None:
    assert resolve(HOST, token).host_id != resolve(HOST | {"host.id": "m2", "host.name": "web-2"}, token).host_id
