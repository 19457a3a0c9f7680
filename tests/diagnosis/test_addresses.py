"""addresses: a port for each process, and one for all workers of a cluster on a machine."""

from __future__ import annotations

from advisor.diagnosis.addresses import of_each, of_servers
from tests.builders import Load, Senders, snapshot

WORKER = Load(role="worker")


def test_processes_of_a_machine_have_ports_that_follow_each_other() -> None:
    seen = snapshot(Load(), Load(), hosts=2)
    assert of_each(seen) == ("web-1:3000", "web-1:3001", "web-2:3000", "web-2:3001")
    assert of_servers(seen) == of_each(seen)


def test_workers_of_a_machine_are_one_server_and_others_stand_beside_it() -> None:
    seen = snapshot(WORKER, Load(role="single"), WORKER)
    assert of_servers(seen) == ("web-1:3000", "web-1:3001")
    assert of_each(seen) == ("web-1:3000", "web-1:3001", "web-1:3002")


def test_a_machine_that_does_not_report_has_no_name() -> None:
    assert of_servers(snapshot(Load(), senders=Senders(host=False))) == ("host:3000",)
