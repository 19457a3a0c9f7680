"""What a resource says, read into the words of the fleet; nonsense counts as not said."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.fleet.claim import ATTRIBUTES, Claim, Name
from tests.fleet.builders import BY_AGENT, BY_PROBE, HOST, STARTED


def test_a_machine_alone_has_no_name_of_a_service() -> None:
    claim = Claim.of(HOST | {"telemetry.sdk.name": "advisor-agent", "telemetry.sdk.version": "0.1.0"})

    assert (claim.host_key, claim.host_name, claim.arch, claim.os) == ("m1", "web-1", "amd64", "Debian 12")
    assert (claim.agent_version, claim.name, claim.inside) == ("0.1.0", None, "")


def test_a_process_is_read_whoever_speaks() -> None:
    agent, probe = Claim.of(BY_AGENT), Claim.of(BY_PROBE)

    assert (agent.pid, agent.started, agent.inside) == (42, STARTED.timestamp(), "")
    assert (probe.key, probe.inside, probe.runtime_version) == ("0a1b", "advisor-probe", "20.20.2")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"service.name": "a"}, Name("", "", "a", 0)),
        ({"service.name": "a", "advisor.service.name.source": "pm2"}, Name("", "", "a", 1)),
        ({"service.name": "a", "advisor.service.name.source": "guess"}, Name("", "", "a", 4)),
        ({"service.name": "unknown_service:node"}, Name("", "", "unknown_service:node", 5)),
        ({"process.pid": 1, "process.executable.name": "bun"}, Name("", "", "unknown_service:bun", 5)),
        ({"service.instance.id": "i"}, Name("", "", "unknown_service:node", 5)),
        ({"service.name": "a", "service.namespace": "n", "deployment.environment": "e"}, Name("e", "n", "a", 0)),
        ({"service.name": "  "}, None),
    ],
)
def test_a_name_weighs_as_much_as_its_source(said: dict[str, Any], expected: Name | None) -> None:
    assert Claim.of(said).name == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-23T05:00:00Z", STARTED.timestamp()),
        ("2026-11-23T06:00:00.250+01:00", datetime(2026, 11, 23, 5, 0, 0, 250_000, UTC).timestamp()),
        ("2026-11-23T05:00:00", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_a_start_without_its_zone_is_not_known(text: str, expected: float | None) -> None:
    assert Claim.of({"process.creation.time": text}).started == expected


@pytest.mark.parametrize(
    ("value", "expected"), [(42, 42), ("42", 42), (0, 0), (-1, 0), (2**31, 0), (4.2, 0), (None, 0)]
)
def test_a_pid_is_a_positive_number(value: object, expected: int) -> None:
    assert Claim.of({"process.pid": value}).pid == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(1, 1), ("7", 7), (2**31 - 1, 2**31 - 1), (0, None), (-1, None), (2**31, None), ("x", None), (None, None)],
)
def test_a_worker_is_numbered_from_one(value: object, expected: int | None) -> None:
    assert Claim.of({"advisor.cluster.worker.id": value}).worker_id == expected


_values = st.one_of(st.none(), st.text(), st.integers(), st.floats(), st.booleans(), st.lists(st.text(), max_size=2))


@given(st.dictionaries(st.sampled_from(ATTRIBUTES), _values))
def test_any_resource_is_read_into_what_a_database_takes(resource: dict[str, Any]) -> None:
    claim = Claim.of(resource)

    texts = [claim.host_key, claim.host_name, claim.os, claim.key, claim.inside, claim.script]
    texts += [claim.name.name, claim.name.namespace, claim.name.environment] if claim.name else []
    assert all("\x00" not in text and len(text.encode().decode()) <= 1024 for text in texts)
    assert 0 <= claim.pid < 2**31
    assert claim.worker_id is None or 0 < claim.worker_id < 2**31
